"""Stage truncation: search quality of one variant with only its first dimensions, for a range of lengths."""

from pathlib import Path

import click

from itemvec.cluster.engine import chosen_engine
from itemvec.core.files import write_json, write_text
from itemvec.core.params import Params
from itemvec.stages.stage import EXISTING, NEW, stage
from itemvec.stages.truncation import conclusions, measure_truncation


@stage
@click.argument("items", type=EXISTING)
@click.argument("queries", type=EXISTING)
@click.argument("qrels", type=EXISTING)
@click.argument("vectors", type=EXISTING)
@click.argument("results", type=NEW)
@click.argument("curve", type=NEW)
def truncation(
    params: Params, items: Path, queries: Path, qrels: Path, vectors: Path, results: Path, curve: Path
) -> None:
    """Rank ITEMS for QUERIES by only the first dimensions of digest VECTORS, and evaluate each length by QRELS.

    Writes RESULTS, and the CURVE as CSV.

    \b
    Example: pipelines/run truncation artifacts/tables/items.parquet artifacts/tables/queries.parquet \\
             artifacts/tables/qrels.parquet artifacts/vectors/full.digest artifacts/results/truncation/full.json \\
             plots/truncation/full.csv
    """
    tables = {"items": items, "queries": queries, "qrels": qrels}
    facts, csv = measure_truncation(tables, vectors, params.search, params.seed, chosen_engine())
    write_json(results, facts)
    write_text(curve, csv)
    click.echo("\n".join(conclusions(facts, vectors.stem)) or "no query has a relevant item: nothing to shorten for")


if __name__ == "__main__":
    truncation()
