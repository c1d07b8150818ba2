"""What it changes that PCA finds its directions in some of the items, drawn anew each time.

python benchmarks/pca_sample.py artifacts/tables artifacts/embeddings.digest --sample 1000
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import click
import numpy as np
from variants import Task

from itemvec.core.params import Params
from itemvec.stages.decompose import decompose


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("tables", type=click.Path(exists=True, path_type=Path))
@click.argument("digest", type=click.Path(exists=True, path_type=Path))
@click.option("--sample", default=1000, show_default=True, help="Items in which the directions are found.")
@click.option("--draws", default=10, show_default=True)
@click.option("--variance", default=0.8, show_default=True)
@click.option("--metric", default="ndcg@10", show_default=True)
@click.option("--params", "path", default="params.yaml", type=click.Path(exists=True, path_type=Path))
def main(tables: Path, digest: Path, sample: int, draws: int, variance: float, metric: str, path: Path) -> None:
    """Search on PCA of a sample of the items of DIGEST, by draw, and on PCA of all."""
    task = Task(tables, digest, (), Params.load(path), metric)
    row = {"kind": "pca", "variance": variance}
    with TemporaryDirectory() as place:
        folder = Path(place)
        decompose(digest, folder / "moments.digest")
        whole, facts = task.measure((row,), folder)
        some = [task.measure((row | {"sample": sample, "draw": draw},), folder) for draw in range(draws)]
    widths = [int(found["dim"]) for _, found in some]
    click.echo(f"dimensions: all items {facts['dim']}; {sample:,} items {min(widths)} to {max(widths)}")
    for key, values in whole.items():
        means = np.array([float(one[key].mean()) for one, _ in some])
        click.echo(
            f"{' '.join(key)}: all items {values.mean():.4f}; {sample:,} items {means.min():.4f} to {means.max():.4f}, "
            f"mean {means.mean():.4f}, standard deviation {means.std(ddof=1):.4f}"
        )


if __name__ == "__main__":
    main()
