"""How often the 95 % interval of one mean holds it, and how wide it is.

python benchmarks/statistics_intervals.py
"""

from __future__ import annotations

import click
import numpy as np
from scipy.stats import norm
from tabulate import tabulate

from itemvec.core.arrays import Doubles
from itemvec.metrics.bounded_mean import AdverseSample

# nDCG@10 of one relevant item: none, ranks 10, 5, 3, 2, 1
VALUES = np.array([0.0, 1 / np.log2(11), 1 / np.log2(6), 0.5, 1 / np.log2(3), 1.0])
SHAPES = {
    "0 or 1, mean 0.99": (0.01, 0, 0, 0, 0, 0.99),
    "0 or 1, mean 0.02": (0.98, 0, 0, 0, 0, 0.02),
    "0 or 1, mean 0.4": (0.6, 0, 0, 0, 0, 0.4),
    "nDCG, nearly all first": (0.002, 0, 0.001, 0.002, 0.005, 0.99),
    "nDCG, few found": (0.95, 0.02, 0.01, 0.01, 0.005, 0.005),
    "nDCG, mixed": (0.4, 0.1, 0.1, 0.1, 0.1, 0.2),
}
DRAWS = 999


@click.command()
@click.option("--samples", default=2000, show_default=True)
@click.option("--quick", is_flag=True, help="200 samples.")
@click.option("--seed", default=1, show_default=True)
def main(samples: int, quick: bool, seed: int) -> None:
    """Print the table."""
    samples = 200 if quick else samples
    rng, rows = np.random.default_rng(seed), []
    for name, chances in SHAPES.items():
        mean = float(VALUES @ np.array(chances))
        for n in (50, 71, 150, 300, 1000):
            values = rng.choice(VALUES, p=chances, size=(n, samples))
            row: list[object] = [name, n]
            for low, high in (_percentile(values, rng), _ours(values)):
                row += [f"{np.mean((low <= mean + 1e-12) & (mean <= high + 1e-12)):.3f}", f"{np.mean(high - low):.4f}"]
            rows.append(row)
    header = ["values", "queries", "percentile bootstrap", "width", "itemvec", "width"]
    click.echo(f"\nCoverage of the 95 % interval, and mean width, in {samples:,} samples\n")
    click.echo(tabulate(rows, header, "github", disable_numparse=True))


def _percentile(values: Doubles, rng: np.random.Generator) -> tuple[Doubles, Doubles]:
    counts = rng.multinomial(len(values), np.full(len(values), 1 / len(values)), size=DRAWS).astype(np.float32)
    low, high = np.quantile(counts @ values.astype(np.float32) / len(values), [0.025, 0.975], axis=0)
    return low, high


def _ours(values: Doubles) -> tuple[Doubles, Doubles]:
    """``mean_interval`` of every column."""
    none, score = np.zeros(values.shape[1]), float(norm.isf(0.025))
    low, high = (AdverseSample.of(side, floor, none, none + np.inf) for side, floor in ((values, 0.0), (-values, -1.0)))
    return low.lower_bounds(score), -high.lower_bounds(score)


if __name__ == "__main__":
    main()
