"""Stage rerank: evaluation of one reranker on the first items of a run."""

from pathlib import Path

import click

from itemvec.core.params import Params
from itemvec.rerankers import RERANKERS
from itemvec.stages.rerank import Reordering
from itemvec.stages.search import search
from itemvec.stages.stage import EXISTING, NEW, stage


@stage
@click.argument("reranker")
@click.argument("tables", type=EXISTING)
@click.argument("first", type=EXISTING)
@click.argument("run", type=NEW)
@click.argument("measures", type=NEW)
@click.argument("results", type=NEW)
def rerank(params: Params, reranker: str, tables: Path, first: Path, run: Path, measures: Path, results: Path) -> None:
    """Rerank the best items of the run FIRST with row RERANKER of systems, and evaluate it on TABLES/*.parquet.

    Writes the RUN (what was ranked), the MEASURES of every query, and the RESULTS, their means.

    \b
    Example: pipelines/run rerank bge-reranker-base artifacts/tables artifacts/runs/baseline/bm25.parquet \\
             artifacts/runs/rerank/bge-reranker-base.parquet artifacts/measures/rerank/bge-reranker-base.parquet \\
             artifacts/results/rerank/bge-reranker-base.json
    """
    system = Reordering(RERANKERS.build(reranker, params.systems[reranker]), first, params.rerank.depth)
    paths = {name: tables / f"{name}.parquet" for name in ("items", "queries", "qrels")}
    found = search(system, paths, None, params.search, params.seed)
    found.write(run, measures, results)
    click.echo(found.headline(reranker, f"the best {params.rerank.depth} of {params.rerank.first}"))


if __name__ == "__main__":
    rerank()
