"""Stage ablate_dimensions: change of search quality without each dimension of the vectors."""

from pathlib import Path

import click

from itemvec.core.files import write_json, write_text
from itemvec.core.params import Params
from itemvec.stages.ablate_dimensions import measure_each_dimension
from itemvec.stages.stage import EXISTING, NEW, stage


@stage
@click.argument("queries", type=EXISTING)
@click.argument("qrels", type=EXISTING)
@click.argument("vectors", type=EXISTING)
@click.argument("results", type=NEW)
@click.argument("changes", type=NEW)
def ablate_dimensions(params: Params, queries: Path, qrels: Path, vectors: Path, results: Path, changes: Path) -> None:
    """Leave out each dimension of digest VECTORS and judge what QUERIES then find by QRELS.

    Writes RESULTS, and the CHANGES without each dimension as CSV.

    \b
    Example: pipelines/run ablate_dimensions artifacts/tables/queries.parquet artifacts/tables/qrels.parquet \\
             artifacts/vectors/full.digest artifacts/results/ablate_dimensions.json plots/ablate_dimensions.csv
    """
    facts, csv = measure_each_dimension(vectors, queries, qrels, params.seed)
    write_json(results, facts)
    write_text(changes, csv)
    for group, found in facts["groups"].items():
        counts = f"better without {found['harmful']} of {facts['dim']} dimensions, worse without {found['useful']}"
        click.echo(f"{group}: search is significantly {counts}")


if __name__ == "__main__":
    ablate_dimensions()
