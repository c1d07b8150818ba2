"""Stage lengths: one variant -> search by its first dimensions alone, at every length."""

from pathlib import Path

import click

from itemvec.files import write_json, write_text
from itemvec.lengths import try_lengths
from itemvec.params import Params
from itemvec.stage import EXISTING, NEW, stage


@stage
@click.argument("items", type=EXISTING)
@click.argument("queries", type=EXISTING)
@click.argument("qrels", type=EXISTING)
@click.argument("vectors", type=EXISTING)
@click.argument("metrics", type=NEW)
@click.argument("curve", type=NEW)
def lengths(params: Params, items: Path, queries: Path, qrels: Path, vectors: Path, metrics: Path, curve: Path) -> None:
    """Rank ITEMS for QUERIES by the first dimensions of digest VECTORS, at every length, and judge by QRELS.

    Writes METRICS, and the CURVE as CSV.

    \b
    Example: pipelines/run lengths artifacts/tables/items.parquet artifacts/tables/queries.parquet \\
             artifacts/tables/qrels.parquet artifacts/vectors/full.digest metrics/lengths/full.json \\
             plots/lengths/full.csv
    """
    tables = {"items": items, "queries": queries, "qrels": qrels}
    facts, csv = try_lengths(tables, vectors, params.search, params.seed)
    write_json(metrics, facts)
    write_text(curve, csv)
    for group, found in facts["groups"].items():
        means = ", ".join(f"{length}: {one['mean']:.3f}" for length, one in found["lengths"].items())
        click.echo(f"{group}: {facts['metric']} by dimensions {means}")


if __name__ == "__main__":
    lengths()
