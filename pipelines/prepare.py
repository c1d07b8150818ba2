"""Stage prepare: raw files -> items, interactions, queries and qrels."""

from pathlib import Path

import click

from itemvec.core.files import write_json
from itemvec.core.params import Params
from itemvec.datasets import DATASETS
from itemvec.datasets.peoples_judgments import with_peoples_judgments
from itemvec.datasets.reading import recorded
from itemvec.datasets.table_files import write_tables
from itemvec.stages.stage import EXISTING, NEW, stage
from itemvec.stages.table_digest import READ, table_digest


@stage
@click.argument("raw", type=EXISTING)
@click.argument("output", type=NEW)
@click.argument("results", type=NEW)
def prepare(params: Params, raw: Path, output: Path, results: Path) -> None:
    """Turn the files below RAW into OUTPUT/{items,interactions,queries,qrels}.parquet.

    OUTPUT/judged.json is a hash of what is judged, for a stage that reads no texts.
    RESULTS says what was left out, changed, guessed and not read.

    \b
    Example: pipelines/run prepare data/movielens-100k artifacts/tables artifacts/results/prepare.json
    """
    with recorded() as reading:
        tables = DATASETS.build(params.dataset, params.datasets[params.dataset]).load(raw)
        tables = with_peoples_judgments(tables, raw)
    write_tables(output, tables)
    paths = {name: output / f"{name}.parquet" for name in READ["capacity"]}
    write_json(output / "judged.json", table_digest(paths, "capacity"))
    write_json(results, reading.facts())
    for line in reading.lines:
        click.echo(line)
    sizes = ", ".join(f"{len(table):,} {name}" for name, table in vars(tables).items())
    click.echo(f"{params.dataset}: {sizes.replace('qrels', 'relevance judgments')}")


if __name__ == "__main__":
    prepare()
