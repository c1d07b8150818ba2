"""How often "shown to lose less than 1 %" is said of what loses just 1 %, and how often of what loses nothing.

    python benchmarks/statistics_non_inferiority.py

One candidate, one seed of training. Student's t with one more query that lost all, against random weights with one.
"""

from __future__ import annotations

import click
import numpy as np
from scipy.stats import norm, t
from tabulate import tabulate

from itemvec.core.arrays import Doubles
from itemvec.metrics import ALLOWED
from itemvec.metrics.bounded_mean import AdverseSample

KEPT = 1 - ALLOWED


@click.command()
@click.option("--samples", default=4000, show_default=True)
@click.option("--quick", is_flag=True, help="400 samples of 300, 1,000 queries.")
@click.option("--seed", default=1, show_default=True)
def main(samples: int, quick: bool, seed: int) -> None:
    """Print the table."""
    samples, sizes = (400, (300, 1000)) if quick else (samples, (270, 300, 600, 1000, 3000))
    rng, rows = np.random.default_rng(seed), []
    for right in (1.0, 0.7):
        for name, lost, share in (
            ("1 % of what was right fails", 1.0, ALLOWED),
            ("2 % fall to half", 0.5, 2 * ALLOWED),
            ("nothing is lost", 0.0, 0.0),
        ):
            rows += [[f"{right:.0%} right", name, n, *_shown(rng, n, samples, right, lost, share)] for n in sizes]
    header = ["reference", "candidate", "queries", "Student, adverse query", "itemvec"]
    click.echo(f"\nShown to lose less than 1 %, in {samples:,} samples\n")
    click.echo(tabulate(rows, header, "github", disable_numparse=True))


def _shown(rng: np.random.Generator, n: int, samples: int, right: float, lost: float, share: float) -> list[str]:
    found = []
    for part in np.array_split(np.arange(samples), max(1, n * samples // 500_000)):
        whole = (rng.random((n, len(part))) < right).astype(np.float64)
        values = whole * (1 - lost * (rng.random(whole.shape) < share))
        rest = values - KEPT * whole
        found.append([_student(rest), _weights(rest)])
    shares = np.mean(np.concatenate(found, axis=1) < 0.05, axis=1)
    return [f"{one:.1%}" for one in shares]


def _student(rest: Doubles) -> Doubles:
    rest = np.vstack([rest, np.full(rest.shape[1], -KEPT)])
    return np.asarray(t.sf(rest.mean(axis=0) / rest.std(axis=0, ddof=1) * np.sqrt(len(rest)), len(rest) - 1))


def _weights(rest: Doubles) -> Doubles:
    none = np.zeros(rest.shape[1])
    return np.asarray(norm.sf(AdverseSample.of(rest, -KEPT, none, none + np.inf).scores()))


if __name__ == "__main__":
    main()
