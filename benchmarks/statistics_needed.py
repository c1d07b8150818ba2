"""Whether as many queries as ``units_needed`` says do find a planted difference in four of five samples.

    python benchmarks/statistics_needed.py

The number is taken from a pilot of 2,000 queries with exactly the planted mean, and tried on new samples of that size.
"""

from __future__ import annotations

import click
import numpy as np
from scipy.stats import norm
from statistics_shapes import lognormal, mostly_equal, normal, two_rankings
from tabulate import tabulate

from itemvec.metrics.bounded_mean import AdverseSample
from itemvec.metrics.guarded_scores import Guarded
from itemvec.metrics.power import units_needed

PILOT = 2000


@click.command()
@click.option("--samples", default=1000, show_default=True)
@click.option("--quick", is_flag=True, help="100 samples.")
@click.option("--seed", default=1, show_default=True)
def main(samples: int, quick: bool, seed: int) -> None:
    """Print the table."""
    samples = 100 if quick else samples
    rng, rows = np.random.default_rng(seed), []
    shapes = {
        "normal, sd 0.2": normal,
        "two rankings": two_rankings,
        "lognormal": lognormal,
        "mostly equal": mostly_equal,
    }
    for name, shape in shapes.items():
        for planted in (0.02, 0.05):
            for test, critical in (
                ("one, two-sided", norm.isf(0.025)),
                ("family of 100", 3.3),
                ("one-sided", norm.isf(0.05)),
            ):
                pilot = 0.9 * shape(rng, (PILOT, 1))[:, 0]
                pilot += planted - pilot.mean()
                n = int(units_needed(pilot, float(critical), one_sided=test == "one-sided"))
                found = []
                for part in np.array_split(np.arange(samples), max(1, n * samples // 500_000)):
                    values = 0.9 * shape(rng, (n, len(part))) + planted
                    none = np.zeros(len(part))
                    if test == "one-sided":
                        found.append(AdverseSample.of(values, -1.0, none, none + np.inf).scores() > critical)
                    else:
                        seen, alone = Guarded(values, none, none + np.inf, 1.0, critical).scores(1.0)
                        found.append((seen > critical) & (alone > norm.isf(0.025)))
                rows.append([name, f"{planted:+.2f}", test, f"{n:,}", f"{np.mean(np.concatenate(found)):.0%}"])
    header = ["differences", "mean", "test", "queries needed", "found with that many"]
    click.echo(tabulate(rows, header, "github", disable_numparse=True))


if __name__ == "__main__":
    main()
