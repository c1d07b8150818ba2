"""Stage recommend: evaluation of one recommender on the vectors of one variant."""

from pathlib import Path

import click

from itemvec.core.params import Params
from itemvec.recommenders import RECOMMENDERS
from itemvec.stages.recommend import recommend_on
from itemvec.stages.stage import EXISTING, NEW, stage


@stage
@click.argument("recommender")
@click.argument("interactions", type=EXISTING)
@click.argument("items", type=EXISTING)
@click.argument("vectors", type=EXISTING)
@click.argument("run", type=NEW)
@click.argument("measures", type=NEW)
@click.argument("results", type=NEW)
def recommend(
    params: Params,
    recommender: str,
    interactions: Path,
    items: Path,
    vectors: Path,
    run: Path,
    measures: Path,
    results: Path,
) -> None:
    """Fit row RECOMMENDER of systems on INTERACTIONS, attributes of ITEMS and the digest VECTORS, and test it.

    Writes the RUN (what was recommended), the MEASURES of every user, and the RESULTS, their means.

    \b
    Example: pipelines/run recommend sasrec artifacts/tables/interactions.parquet artifacts/tables/items.parquet \\
             artifacts/vectors/full.digest artifacts/runs/recommend/sasrec/full.parquet \\
             artifacts/measures/recommend/sasrec/full.parquet \\
             artifacts/results/recommend/sasrec/full.json
    """
    system = RECOMMENDERS.build(recommender, params.systems[recommender])
    found = recommend_on(system, interactions, items, vectors, params.recommend, params.seed)
    found.write(run, measures, results)
    click.echo(found.headline(recommender, vectors.stem))


if __name__ == "__main__":
    recommend()
