"""How often tests of one difference are wrong where few queries lose much, and what being right costs.

    python benchmarks/statistics_asymmetry.py

Two tables: the share of samples with p < .05 where the mean is zero, and where it is not.
No seeds of training, one comparison, 999 resamples where a test draws.
"""

from __future__ import annotations

import click
import numpy as np
from statistics_candidates import CANDIDATES
from statistics_shapes import SHAPES, normal, two_rankings
from tabulate import tabulate

from itemvec.core.arrays import Doubles

SIZES = (50, 71, 150, 300, 1000, 3000)


@click.command()
@click.option("--samples", default=4000, show_default=True)
@click.option("--quick", is_flag=True, help="400 samples of 50, 300 queries.")
@click.option("--seed", default=1, show_default=True)
def main(samples: int, quick: bool, seed: int) -> None:
    """Print the tables."""
    samples, sizes = (400, (50, 300)) if quick else (samples, SIZES)
    rng = np.random.default_rng(seed)
    rows = []
    for name, shape in SHAPES.items():
        rows += [[name, n, *(f"{share:.1%}" for share in _shown(shape(rng, (n, samples)), rng))] for n in sizes]
    click.echo(f"\nFalse claims in {samples:,} samples; 5 % are allowed\n")
    click.echo(tabulate(rows, ["differences of mean zero", "queries", *CANDIDATES], "github", disable_numparse=True))
    rows = []
    for name, shape, sd in (("normal, sd 0.2", normal, 0.2), ("two rankings, nDCG@10", two_rankings, 0.52)):
        for n in sizes:
            planted = 2.8 * sd / np.sqrt(n)  # Student's t finds about 80 %
            values = np.clip(shape(rng, (n, samples)) + planted, -1, 1)
            rows.append([name, n, f"{planted:+.3f}", *(f"{share:.0%}" for share in _shown(values, rng))])
    click.echo(f"\nPlanted differences found in {samples:,} samples\n")
    click.echo(tabulate(rows, ["differences", "queries", "mean", *CANDIDATES], "github", disable_numparse=True))


def _shown(values: Doubles, rng: np.random.Generator) -> list[float]:
    parts = np.array_split(np.arange(values.shape[1]), max(1, values.size // 1_000_000))
    return [
        float(np.mean(np.concatenate([test(values[:, part], rng) for part in parts]) < 0.05))
        for test in CANDIDATES.values()
    ]


if __name__ == "__main__":
    main()
