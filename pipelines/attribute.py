"""Stage attribute: what each dimension of the vectors does to search."""

from pathlib import Path

import click

from itemvec.dimensions import try_dimensions
from itemvec.files import write_json, write_text
from itemvec.params import Params
from itemvec.stage import EXISTING, NEW, stage


@stage
@click.argument("queries", type=EXISTING)
@click.argument("qrels", type=EXISTING)
@click.argument("vectors", type=EXISTING)
@click.argument("metrics", type=NEW)
@click.argument("changes", type=NEW)
def attribute(params: Params, queries: Path, qrels: Path, vectors: Path, metrics: Path, changes: Path) -> None:
    """Leave out each dimension of digest VECTORS and judge what QUERIES then find by QRELS.

    Writes METRICS, and the CHANGES without each dimension as CSV.

    \b
    Example: pipelines/run attribute artifacts/tables/queries.parquet artifacts/tables/qrels.parquet \\
             artifacts/vectors/full.digest metrics/attribute.json plots/attribute.csv
    """
    facts, csv = try_dimensions(vectors, queries, qrels, params.seed)
    write_json(metrics, facts)
    write_text(changes, csv)
    for group, found in facts["groups"].items():
        click.echo(f"{group}: {found['harmful']} of {facts['dim']} dimensions harm, {found['useful']} are of use")


if __name__ == "__main__":
    attribute()
