"""What families find of planted differences, against Holm's correction of sign flips.

    python benchmarks/statistics_power.py

One comparison in ten has a difference; Differences are symmetric. 9,999 sign flips for Holm, 999 draws for ours.
"Student" is the largest score of Student's t, in one step and by steps: what assuming symmetry would find.
"""

from __future__ import annotations

import click
import numpy as np
from scipy.stats import norm, t
from statistics_families import draw
from tabulate import tabulate

from itemvec.core.arrays import Doubles
from itemvec.metrics.family import compare_family
from itemvec.metrics.joint_maximum import maxima, standardise

CASES = tuple((m, n, d) for m in (3, 30, 300) for n, d in ((71, 0.08), (300, 0.04), (1000, 0.02), (3000, 0.012)))


@click.command()
@click.option("--families", default=40, show_default=True)
@click.option("--quick", is_flag=True, help="5 families of 3 and 30 comparisons.")
@click.option("--seed", default=1, show_default=True)
def main(families: int, quick: bool, seed: int) -> None:
    """Print the share of planted differences that are found."""
    families, cases = (5, CASES[:6]) if quick else (families, CASES)
    rows = []
    for m, n, planted in cases:
        rng, found = np.random.default_rng(seed), []
        for one in range(families * max(1, 30 // m)):
            drawn = draw(rng, n, m, skewed=False)
            real = np.arange(m) % 10 == 0
            drawn.differences[:, real] += planted
            ours = compare_family(drawn.differences, drawn.seeds, one, draws=999).p
            step, single = _student(drawn.differences, one)
            holms = holm(_flip_p(drawn.differences, rng))
            found.append([np.mean(p[real] < 0.05) for p in (ours, single, step, holms)])
        rows.append([m, n, f"{planted:+.3f}", *(f"{share:.0%}" for share in np.mean(found, axis=0))])
        click.echo(f"{rows[-1]}", err=True)
    header = [
        "comparisons",
        "queries",
        "planted",
        "itemvec",
        "Student, single step",
        "Student, step-down",
        "Holm of flips",
    ]
    click.echo("\nShare of planted differences found\n")
    click.echo(tabulate(rows, header, "github", disable_numparse=True))


def holm(p: Doubles) -> Doubles:
    """Adjust p-values for their number (Holm, 1979), float64 of shape (n_comparisons,)."""
    order = np.argsort(p)
    adjusted = np.empty(len(p))
    adjusted[order] = np.minimum(1, np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1)))
    return adjusted


def _student(values: Doubles, seed: int) -> tuple[Doubles, Doubles]:
    """Adjusted p of the largest |t|, by steps (Romano and Wolf, 2005) and in one step."""
    n, m = values.shape
    t_values = np.abs(values.mean(axis=0)) / values.std(axis=0, ddof=1) * np.sqrt(n)
    scores = norm.isf(t.sf(t_values, n - 1))
    columns = standardise(values, values.mean(axis=0))
    single = maxima(columns, np.zeros(m), seed, draws=999).p(scores)
    step, left = single.copy(), single >= 0.05
    while left.any():
        step[left] = maxima(columns[:, left], np.zeros(int(left.sum())), seed, draws=999).p(scores[left])
        if not (step[left] < 0.05).any():
            break
        left &= step >= 0.05
    return step, single


def _flip_p(values: Doubles, rng: np.random.Generator) -> Doubles:
    signs = rng.integers(0, 2, size=(9999, len(values)), dtype=np.int8).astype(np.float32) * 2 - 1
    sums = np.abs(signs @ values.astype(np.float32))
    return np.asarray((1 + (sums >= np.abs(values.sum(axis=0)) * (1 - 1e-5)).sum(axis=0)) / 10_000)


if __name__ == "__main__":
    main()
