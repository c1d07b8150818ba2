"""Stage baseline: evaluation of one system that needs no vectors. It does not re-run when the model changes."""

from pathlib import Path

import click

from itemvec.cluster.engine import chosen_engine
from itemvec.core.params import Params
from itemvec.stages.baseline import measure_baseline
from itemvec.stages.stage import EXISTING, NEW, stage


@stage
@click.argument("system")
@click.argument("tables", type=EXISTING)
@click.argument("run", type=NEW)
@click.argument("measures", type=NEW)
@click.argument("results", type=NEW)
def baseline(params: Params, system: str, tables: Path, run: Path, measures: Path, results: Path) -> None:
    """Evaluate row SYSTEM of systems, a recommender or a retriever, on TABLES/*.parquet, without vectors.

    Writes the RUN (what was ranked), the MEASURES of every user or query, and the RESULTS, their means.

    \b
    Example: pipelines/run baseline ease artifacts/tables artifacts/runs/baseline/ease.parquet \\
             artifacts/measures/baseline/ease.parquet artifacts/results/baseline/ease.json
    """
    paths = {name: tables / f"{name}.parquet" for name in ("items", "interactions", "queries", "qrels")}
    row = params.systems[system]
    found = measure_baseline(system, row, paths, params.recommend, params.search, params.seed, chosen_engine())
    found.write(run, measures, results)
    click.echo(found.headline(system))


if __name__ == "__main__":
    baseline()
