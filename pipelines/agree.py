"""Stage agree: how far being alike in text and being wanted together agree."""

from pathlib import Path

import click

from itemvec.agreement import agree as compare_with_use
from itemvec.files import write_json, write_parquet
from itemvec.params import Params
from itemvec.stage import EXISTING, NEW, stage


@stage
@click.argument("items", type=EXISTING)
@click.argument("interactions", type=EXISTING)
@click.argument("vectors", type=EXISTING)
@click.argument("pairs", type=NEW)
@click.argument("metrics", type=NEW)
def agree(params: Params, items: Path, interactions: Path, vectors: Path, pairs: Path, metrics: Path) -> None:
    """Compare the cosines of ITEMS, from digest VECTORS, with what INTERACTIONS say of them.

    Writes the PAIRS that are alike and hardly ever wanted together, and the METRICS.

    \b
    Example: pipelines/run agree artifacts/tables/items.parquet artifacts/tables/interactions.parquet \\
             artifacts/vectors/full.digest artifacts/measures/alike.parquet metrics/agree.json
    """
    facts, alike = compare_with_use(vectors, items, interactions, params.seed)
    write_parquet(pairs, alike)
    write_json(metrics, facts)
    click.echo(f"{facts['items']:,} items compared; {len(alike)} pairs are alike and hardly ever wanted together")


if __name__ == "__main__":
    agree()
