"""Stage reduce: vectors of the encoder -> vectors of one variant."""

from pathlib import Path

import click

from itemvec.cluster.engine import chosen_engine
from itemvec.core.files import write_json
from itemvec.core.params import Params
from itemvec.reducers import REDUCERS
from itemvec.stages.reduce import Interactions, Judging, reduce_vectors
from itemvec.stages.stage import EXISTING, NEW, stage


@stage
@click.argument("variant")
@click.argument("source", type=EXISTING)
@click.argument("moments", type=EXISTING)
@click.argument("tables", type=EXISTING)
@click.argument("database", type=NEW)
@click.argument("results", type=NEW)
def reduce(
    params: Params, variant: str, source: Path, moments: Path, tables: Path, database: Path, results: Path
) -> None:
    """Fit row VARIANT of reducers on the items of digest SOURCE; write the vector DATABASE and its digest.

    MOMENTS is the digest that stage decompose wrote. TABLES has queries, qrels and interactions, for reductions that
    learn from judgments or from histories.

    \b
    Example: pipelines/run reduce pca64 artifacts/embeddings.digest artifacts/moments.digest artifacts/tables \\
             artifacts/vectors/pca64 artifacts/results/reduce/pca64.json
    """
    reducer = REDUCERS.build(variant, params.reducers[variant])
    judging = Judging(tables / "queries.parquet", tables / "qrels.parquet", params.search.split)
    interactions = Interactions(tables / "interactions.parquet", params.recommend.split)
    engine = chosen_engine()
    facts = reduce_vectors(reducer, source, database, params.seed, moments, judging, interactions, engine)
    write_json(results, facts)
    click.echo(f"{variant}: {facts['dim']:,} dimensions, {facts['bytes_per_item']:,} bytes per item")


if __name__ == "__main__":
    reduce()
