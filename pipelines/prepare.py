"""Stage prepare: raw files -> items, interactions, queries and qrels."""

from pathlib import Path

import click

from itemvec.core.files import write_parquet
from itemvec.core.params import Params
from itemvec.datasets import DATASETS
from itemvec.stages.stage import EXISTING, NEW, stage


@stage
@click.argument("raw", type=EXISTING)
@click.argument("output", type=NEW)
def prepare(params: Params, raw: Path, output: Path) -> None:
    """Convert the files below RAW to OUTPUT/{items,interactions,queries,qrels}.parquet.

    \b
    Example: pipelines/run prepare data/movielens-100k artifacts/tables
    """
    tables = DATASETS.build(params.dataset, params.datasets[params.dataset]).load(raw)
    for name, table in vars(tables).items():
        write_parquet(output / f"{name}.parquet", table)
    sizes = ", ".join(f"{len(table):,} {name}" for name, table in vars(tables).items())
    click.echo(f"{params.dataset}: {sizes.replace('qrels', 'relevance judgments')}")


if __name__ == "__main__":
    prepare()
