"""Stage capacity: how many dimensions free embeddings need to solve the judgments."""

from pathlib import Path

import click

from itemvec.core.files import write_json
from itemvec.core.params import Params
from itemvec.stages.capacity import conclusions, measure_capacity
from itemvec.stages.stage import EXISTING, NEW, stage


@stage
@click.argument("items", type=EXISTING)
@click.argument("queries", type=EXISTING)
@click.argument("qrels", type=EXISTING)
@click.argument("results", type=NEW)
def capacity(params: Params, items: Path, queries: Path, qrels: Path, results: Path) -> None:
    """Find how few dimensions hold the QRELS of QUERIES and ITEMS where vectors are free; write RESULTS.

    \b
    Example: pipelines/run capacity artifacts/tables/items.parquet artifacts/tables/queries.parquet \\
             artifacts/tables/qrels.parquet artifacts/results/capacity.json
    """
    facts = measure_capacity(items, queries, qrels, params.seed)
    write_json(results, facts)
    click.echo("\n".join(conclusions(facts)) or "no query has a relevant item: there is nothing to hold")


if __name__ == "__main__":
    capacity()
