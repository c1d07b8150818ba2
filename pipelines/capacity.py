"""Stage capacity: how many dimensions free embeddings need to solve the judgments."""

from pathlib import Path

import click

from itemvec.core.files import write_json
from itemvec.core.params import Params
from itemvec.stages.capacity import conclusions, measure_capacity
from itemvec.stages.stage import EXISTING, NEW, stage
from itemvec.stages.table_digest import READ


@stage
@click.argument("tables", type=EXISTING)
@click.argument("results", type=NEW)
def capacity(params: Params, tables: Path, results: Path) -> None:
    """Find how few dimensions hold the judgments of TABLES/*.parquet where vectors are free; write RESULTS.

    \b
    Example: pipelines/run capacity artifacts/tables artifacts/results/capacity.json
    """
    items, queries, qrels = (tables / f"{name}.parquet" for name in READ["capacity"])
    facts = measure_capacity(items, queries, qrels, params.seed)
    write_json(results, facts)
    click.echo("\n".join(conclusions(facts)) or "no query has a relevant item: there is nothing to hold")


if __name__ == "__main__":
    capacity()
