"""What an index of LanceDB loses, and what it costs: recall against all items compared, latency, size, time to build.

    python benchmarks/index.py artifacts/vectors/full.digest --threads 4
    python benchmarks/index.py artifacts/vectors/full.digest --row "{index_type: IVF_PQ, probes: 50, refine: 20}"

Latency is that of one query from its start to its answer, while as many threads as said ask one after the other.
Two builds of one index differ a little: LanceDB trains it from random starts.
"""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import click
import numpy as np
from ruamel.yaml import YAML
from tabulate import tabulate

from itemvec.retrievers import RETRIEVERS, Entries
from itemvec.retrievers.exact import Exact
from itemvec.retrievers.lancedb import LanceDb
from itemvec.store import open_vectors

ROWS = [
    "{index_type: null}",
    "{index_type: IVF_FLAT, probes: 5}",
    "{index_type: IVF_FLAT, probes: 20}",
    "{index_type: IVF_PQ, probes: 20}",
    "{index_type: IVF_PQ, probes: 20, refine: 5}",
    "{index_type: IVF_PQ, probes: 20, refine: 20}",
    "{index_type: IVF_RQ, probes: 20, refine: 5}",
    "{index_type: IVF_HNSW_SQ}",
    "{index_type: IVF_HNSW_SQ, candidates: 200, refine: 5}",
]


def measure(retriever: LanceDb, items: Entries, queries: Any, expected: Any, threads: int) -> dict[str, str]:
    """Build, warm up, ask every query once."""
    k = expected.shape[1]
    started = time.perf_counter()
    table = retriever.serve(items)
    built = time.perf_counter() - started

    def ask(vector: Any) -> tuple[float, Any]:
        begun = time.perf_counter()
        found = retriever.ask(table, "", vector, k)
        return time.perf_counter() - begun, found.positions

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(ask, queries[:50]))
        started = time.perf_counter()
        answers = list(pool.map(ask, queries))
        seconds = time.perf_counter() - started
    common = [len(np.intersect1d(found, one)) for (_, found), one in zip(answers, expected, strict=True)]
    p50, p95, p99 = np.percentile([taken for taken, _ in answers], [50, 95, 99]) * 1000
    return {
        f"recall@{k}": f"{np.mean(common) / k:.4f}",
        "p50 ms": f"{p50:.1f}",
        "p95 ms": f"{p95:.1f}",
        "p99 ms": f"{p99:.1f}",
        "queries/s": f"{len(answers) / seconds:,.0f}",
        "MiB": f"{table.bytes() / 2**20:,.0f}",
        "build s": f"{built:.1f}",
    }


@click.command()
@click.argument("digest", type=click.Path(exists=True, path_type=Path))
@click.option("--row", "rows", multiple=True, help="Options of the retriever lancedb; by default a choice of indexes.")
@click.option("--k", default=10, show_default=True)
@click.option("--queries", "n", default=1000, show_default=True)
@click.option("--threads", default=1, show_default=True, help="That ask at the same time.")
@click.option("--similarity", type=click.Choice(["cosine", "dot"]), default="cosine", show_default=True)
def main(digest: Path, rows: tuple[str, ...], k: int, n: int, threads: int, similarity: Any) -> None:
    """Compare settings of LanceDB's vector index on the vectors of DIGEST; size includes the vectors themselves."""
    table, asked = open_vectors(digest, "items"), open_vectors(digest, "queries")
    vectors = asked.load().vectors[:n]
    items = Entries(np.empty(len(table)), vectors=table.vectors)
    expected = Exact(similarity).index(items)(Entries(np.empty(len(vectors)), vectors=[vectors]), k).positions
    found = []
    for row in rows or ROWS:
        options = {"kind": "lancedb", "similarity": similarity, **YAML(typ="safe").load(row)}
        retriever: Any = RETRIEVERS.build("row", options)
        found.append({"row": row.strip("{}")} | measure(retriever, items, vectors, expected, threads))
    click.echo(f"{len(table):,} items of {table.dim} numbers, {len(vectors):,} queries, {threads} at a time")
    click.echo(tabulate(found, headers="keys", disable_numparse=True))


if __name__ == "__main__":
    main()
