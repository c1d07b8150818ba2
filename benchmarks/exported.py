"""Exports against the run: the first items of every query by sentence-transformers and LanceDB alone.

Places may be exchanged where scores differ by rounding; that is counted apart.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

import click
import pyarrow as pa
import pyarrow.parquet as pq
from tabulate import tabulate

from itemvec.commands.deploy.export import export
from itemvec.core.params import Params

DEPTH = 100
NEAR = 1e-5  # of a score
ELSEWHERE = """
import json, sys
import lancedb
import numpy as np
import pyarrow.parquet as pq
from safetensors.numpy import load_file
from sentence_transformers import SentenceTransformer
folder, queries, depth, most, rounds = sys.argv[1:]
model = SentenceTransformer(folder + "/model", device="cpu")
table = lancedb.connect(folder + "/lancedb").open_table("items")
rows = pq.read_table(queries, columns=["query_id", "text"]).to_pylist()[: int(most)]
vectors = model.encode_query([row["text"] for row in rows])
if rounds == "True" and json.load(open(folder + "/itemvec.json"))["query_rounding"] == "int8":
    steps = load_file(folder + "/query_rounding.safetensors")
    low, step = steps["low"], steps["step"]
    vectors = low + np.rint((vectors - low) / step).clip(0, 255) * step
found = {}
for row, vector in zip(rows, vectors):
    hits = table.search(vector).distance_type("cosine").limit(2 * int(depth)).select(["item_id", "_distance"]).to_list()
    found[row["query_id"]] = {hit["item_id"]: 1 - hit["_distance"] for hit in hits}
assert not any(name.split(".")[0] == "itemvec" for name in sys.modules)
json.dump(found, sys.stdout)
"""


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("root", type=click.Path(exists=True, path_type=Path))
@click.argument("variants", nargs=-1, required=True)
@click.option("--most", default=10**9, help="Queries to ask; by default all.")
@click.option("--as-given", is_flag=True, help="Ask with vectors as the model gives them, without the run's rounding.")
def main(root: Path, variants: tuple[str, ...], most: int, as_given: bool) -> None:
    """Export VARIANTS of the run in ROOT, and compare with its rankings by the row `exact`.

    \b
    Example: python benchmarks/exported.py . full pca80 pca64-int8
    """
    rows = []
    for variant in variants:
        with tempfile.TemporaryDirectory() as name:
            export(root, Params.load(root / "params.yaml"), variant, Path(name))
            queries = root / "artifacts" / "tables" / "queries.parquet"
            call = [sys.executable, "-c", ELSEWHERE, name, str(queries), str(DEPTH), str(most), str(not as_given)]
            found = json.loads(subprocess.run(call, check=True, capture_output=True, text=True).stdout)
        run = [(ids, found[query]) for query, ids in run_of(root, variant) if query in found]
        kinds = [kind(*one) for one in run]
        overlap = sum(len({*ids[:10]} & {*list(scores)[:10]}) / 10 for ids, scores in run) / len(run)
        counts = [kinds.count(one) for one in ("same order", "same but for ties", "other")]
        rows.append([variant, len(kinds), f"{overlap:.2%}", *counts])
    click.echo(
        tabulate(rows, headers=["variant", "queries", "of the first ten", "same order", "but for ties", "other"])
    )
    sys.exit(any(row[-1] for row in rows))


def run_of(root: Path, variant: str) -> Iterator[tuple[str, list[str]]]:
    """Each query of a run, and its items in order."""
    run: Any = pq.read_table(root / "artifacts" / "runs" / "search" / "exact" / f"{variant}.parquet")
    plain = run.select(["id", "rank", "item_id"]).cast(
        pa.schema([("id", "string"), ("rank", "int32"), ("item_id", "string")])
    )
    rows = plain.sort_by([("id", "ascending"), ("rank", "ascending")]).to_pylist()
    for query, hits in groupby(rows, key=lambda row: row["id"]):
        yield query, [hit["item_id"] for hit in hits][:DEPTH]


def kind(ids: list[str], scores: dict[str, float]) -> str:
    """How a ranking of the run compares with scores found elsewhere, highest first."""
    if ids == list(scores)[: len(ids)]:
        return "same order"
    best = list(scores.values())[: len(ids)]
    near = all(abs(scores.get(item, -2.0) - score) < NEAR for item, score in zip(ids, best, strict=True))
    return "same but for ties" if near else "other"


if __name__ == "__main__":
    main()
