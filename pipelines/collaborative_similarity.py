"""Stage collaborative_similarity: agreement of text similarity with the co-occurrence of items in histories."""

from pathlib import Path

import click

from itemvec.core.files import write_json, write_parquet
from itemvec.core.params import Params
from itemvec.stages.collaborative_similarity import compare_similarities
from itemvec.stages.stage import EXISTING, NEW, stage


@stage
@click.argument("items", type=EXISTING)
@click.argument("interactions", type=EXISTING)
@click.argument("vectors", type=EXISTING)
@click.argument("pairs", type=NEW)
@click.argument("results", type=NEW)
def collaborative_similarity(
    params: Params, items: Path, interactions: Path, vectors: Path, pairs: Path, results: Path
) -> None:
    """Compare the cosines of ITEMS, from digest VECTORS, with what INTERACTIONS say of them.

    Writes the PAIRS that are alike and hardly ever wanted together, and the RESULTS.

    \b
    Example: pipelines/run collaborative_similarity artifacts/tables/items.parquet \\
             artifacts/tables/interactions.parquet artifacts/vectors/full.digest artifacts/measures/alike.parquet \\
             artifacts/results/collaborative_similarity.json
    """
    facts, alike = compare_similarities(vectors, items, interactions, params.seed)
    write_parquet(pairs, alike)
    write_json(results, facts)
    if "ease" not in facts:
        used = f"{facts['items']:,} items by {facts['users']:,} users"
        click.echo(f"used were {used}: too few to compare texts with behaviour")
        return
    found = facts["ease"]["by_item"]
    rank = f"{found['mean']:.3f} [{found['low']:.3f}, {found['high']:.3f}]"
    click.echo(f"rank correlation {rank} of similar texts with use by the same people, over {facts['items']:,} items")


if __name__ == "__main__":
    collaborative_similarity()
