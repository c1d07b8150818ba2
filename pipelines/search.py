"""Stage search: evaluation of one retriever on the vectors of one variant."""

from pathlib import Path

import click

from itemvec.cluster.engine import chosen_engine
from itemvec.core.params import Params
from itemvec.stages.search import search_by_row
from itemvec.stages.stage import EXISTING, NEW, stage


@stage
@click.argument("retriever")
@click.argument("items", type=EXISTING)
@click.argument("queries", type=EXISTING)
@click.argument("qrels", type=EXISTING)
@click.argument("vectors", type=EXISTING)
@click.argument("run", type=NEW)
@click.argument("measures", type=NEW)
@click.argument("results", type=NEW)
def search(
    params: Params,
    retriever: str,
    items: Path,
    queries: Path,
    qrels: Path,
    vectors: Path,
    run: Path,
    measures: Path,
    results: Path,
) -> None:
    """Retrieve ITEMS for QUERIES with row RETRIEVER of systems and the vectors of digest VECTORS, judged by QRELS.

    Writes the RUN (what was found), the MEASURES of every query, and the RESULTS, their means.

    \b
    Example: pipelines/run search exact artifacts/tables/items.parquet artifacts/tables/queries.parquet \\
             artifacts/tables/qrels.parquet artifacts/vectors/full.digest artifacts/runs/search/exact/full.parquet \\
             artifacts/measures/search/exact/full.parquet artifacts/results/search/exact/full.json
    """
    tables, row = {"items": items, "queries": queries, "qrels": qrels}, params.systems[retriever]
    found = search_by_row(retriever, row, tables, vectors, params.search, params.seed, chosen_engine())
    found.write(run, measures, results)
    click.echo(found.headline(retriever, vectors.stem))


if __name__ == "__main__":
    search()
