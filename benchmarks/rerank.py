"""What a reranker costs and what it brings: depth against milliseconds against nDCG@10, on the queries of a run.

Milliseconds are of one query after another, as a search box asks (of the first queries), and of all together, as the
stage asks. The difference is to the run as it was, with its 95 % interval and p of the paired test, not
adjusted for the number of depths.

    python benchmarks/rerank.py bge-reranker-base
    python benchmarks/rerank.py mine --first artifacts/runs/search/hybrid/full.parquet --depth 20 --depth 200
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import click
import numpy as np
from tabulate import tabulate

from itemvec.core.arrays import Doubles, Floats
from itemvec.core.params import Params, SearchProtocol
from itemvec.metrics import Spread, compare_family
from itemvec.rerankers import RERANKERS, Rerank
from itemvec.stages.rerank import Reordering
from itemvec.stages.search import search
from itemvec.stages.stage import EXISTING

METRIC, ALONE = "ndcg@10", 20  # queries that are asked one after another


@dataclass
class Timed:
    """A reranker that is loaded already, and how long it takes."""

    rerank: Rerank
    alone: list[float] = field(default_factory=list)
    bulk: float = 0.0
    queries: int = 0

    def load(self) -> Rerank:
        """Itself."""
        return self

    def __call__(self, queries: Sequence[str], texts: Sequence[Sequence[str]]) -> list[Floats]:
        """Scores of all queries together, once the first were asked alone."""
        for query, some in list(zip(queries, texts, strict=True))[: ALONE - len(self.alone)]:
            started = time.perf_counter()
            self.rerank([query], [some])
            self.alone.append(time.perf_counter() - started)
        started = time.perf_counter()
        found = self.rerank(queries, texts)
        self.bulk += time.perf_counter() - started
        self.queries += len(queries)
        return found


def unchanged(_: Sequence[str], texts: Sequence[Sequence[str]]) -> list[Floats]:
    """Equal scores keep the order."""
    return [np.zeros(len(some), dtype=np.float32) for some in texts]


def measure(rerank: Rerank, first: Path, tables: dict[str, Path], depth: int, params: Params) -> tuple[Timed, Doubles]:
    """The clock, and the metric of every test query."""
    timed = Timed(rerank)
    protocol: SearchProtocol = replace(params.search, metrics=[METRIC], depth=max(params.search.depth, depth))
    found = search(Reordering(timed, first, depth), tables, None, protocol, params.seed)
    return timed, np.asarray(found.measures[METRIC])


@click.command()
@click.argument("reranker")
@click.option("--params", "path", type=EXISTING, default="params.yaml")
@click.option("--tables", type=EXISTING, default="artifacts/tables")
@click.option("--first", type=EXISTING, default="artifacts/runs/baseline/bm25.parquet")
@click.option("--depth", "depths", type=int, multiple=True, default=(10, 20, 50, 100))
def main(reranker: str, path: Path, tables: Path, first: Path, depths: tuple[int, ...]) -> None:
    """Print a row per depth for row RERANKER of systems."""
    params = Params.load(path)
    paths = {name: tables / f"{name}.parquet" for name in ("items", "queries", "qrels")}
    rerank = RERANKERS.build(reranker, params.systems[reranker]).load()
    rerank(["warm"], [["up"]])
    _, before = measure(unchanged, first, paths, 1, params)
    rows = [["none", "", "", f"{before.mean():.4f}", "", ""]]
    for depth in depths:
        timed, after = measure(rerank, first, paths, depth, params)
        family = compare_family((after - before)[:, None], [Spread()], params.seed)
        low, high = family.low[0], family.high[0]
        change = f"{(after - before).mean():+.4f} [{low:+.3f}, {high:+.3f}]"
        p = family.p[0]
        cost = [f"{1000 * np.median(timed.alone):.1f}", f"{1000 * timed.bulk / timed.queries:.1f}"]
        rows.append([str(depth), *cost, f"{after.mean():.4f}", change, f"{p:.4f}"])
    header = ["depth", "ms alone", "ms in bulk", METRIC, "difference", "p"]
    click.echo(f"{reranker} on {first}, {len(before):,} queries")
    click.echo(tabulate(rows, header, disable_numparse=True))


if __name__ == "__main__":
    main()
