"""Stage reduce: vectors of the encoder -> vectors of one variant."""

from pathlib import Path

import click

from itemvec.core.files import write_json
from itemvec.core.params import Params
from itemvec.reducers import REDUCERS
from itemvec.stages.reduce import Judging, reduce_vectors
from itemvec.stages.stage import EXISTING, NEW, stage


@stage
@click.argument("variant")
@click.argument("source", type=EXISTING)
@click.argument("moments", type=EXISTING)
@click.argument("queries", type=EXISTING)
@click.argument("qrels", type=EXISTING)
@click.argument("database", type=NEW)
@click.argument("results", type=NEW)
def reduce(
    params: Params,
    variant: str,
    source: Path,
    moments: Path,
    queries: Path,
    qrels: Path,
    database: Path,
    results: Path,
) -> None:
    """Fit row VARIANT of reducers on the items of digest SOURCE; write the vector DATABASE and its digest.

    MOMENTS is the digest that stage decompose wrote. QUERIES and QRELS are for reductions that need judgments.

    \b
    Example: pipelines/run reduce pca64 artifacts/embeddings.digest artifacts/moments.digest \\
             artifacts/tables/queries.parquet artifacts/tables/qrels.parquet \\
             artifacts/vectors/pca64 artifacts/results/reduce/pca64.json
    """
    reducer = REDUCERS.build(variant, params.reducers[variant])
    facts = reduce_vectors(
        reducer, source, database, params.seed, moments, Judging(queries, qrels, params.search.split)
    )
    write_json(results, facts)
    click.echo(f"{variant}: {facts['dim']:,} dimensions, {facts['bytes_per_item']:,} bytes per item")


if __name__ == "__main__":
    reduce()
