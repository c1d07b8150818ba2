"""Stage rerank: the first items of a run in a better order, measured."""

from pathlib import Path

import click

from itemvec.params import Params
from itemvec.rerankers import RERANKERS
from itemvec.reranking import rerank_run
from itemvec.stage import EXISTING, NEW, stage


@stage
@click.argument("reranker")
@click.argument("items", type=EXISTING)
@click.argument("queries", type=EXISTING)
@click.argument("qrels", type=EXISTING)
@click.argument("first", type=EXISTING)
@click.argument("run", type=NEW)
@click.argument("measures", type=NEW)
@click.argument("metrics", type=NEW)
def rerank(
    params: Params,
    reranker: str,
    items: Path,
    queries: Path,
    qrels: Path,
    first: Path,
    run: Path,
    measures: Path,
    metrics: Path,
) -> None:
    """Order the best ITEMS that run FIRST has for QUERIES with row RERANKER of systems, judged by QRELS.

    Writes the RUN (what was ranked), the MEASURES of every query, and the METRICS, their means.

    \b
    Example: pipelines/run rerank ms-marco-minilm-l6 artifacts/tables/items.parquet artifacts/tables/queries.parquet \\
             artifacts/tables/qrels.parquet artifacts/runs/baseline/bm25.parquet artifacts/runs/rerank/x.parquet \\
             artifacts/measures/rerank/x.parquet metrics/rerank/x.json
    """
    system = RERANKERS.build(reranker, params.systems[reranker])
    tables = {"items": items, "queries": queries, "qrels": qrels}
    found = rerank_run(system, tables, first, params.rerank.depth, params.search, params.seed)
    found.write(run, measures, metrics)
    click.echo(found.headline())


if __name__ == "__main__":
    rerank()
