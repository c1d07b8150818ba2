"""Stage decompose: item vectors -> their mean and principal directions, which several reductions need."""

from pathlib import Path

import click

from itemvec.cluster.engine import chosen_engine
from itemvec.reducers import dims_for
from itemvec.stages.decompose import decompose as decompose_vectors
from itemvec.stages.stage import EXISTING, NEW, stage


@stage
@click.argument("source", type=EXISTING)
@click.argument("moments", type=NEW)
def decompose(source: Path, moments: Path) -> None:
    """Compute mean and principal directions of the items of digest SOURCE; write them beside their digest MOMENTS.

    \b
    Example: pipelines/run decompose artifacts/embeddings.digest artifacts/moments.digest
    """
    found = decompose_vectors(source, moments, chosen_engine())
    dims = dims_for(found.values, 0.8)
    click.echo(f"80 % of the variance of {found.n:,} items lies in {dims} of {len(found.values)} directions")


if __name__ == "__main__":
    decompose()
