"""Which systems may be the best: multiple comparisons with the best."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri  # scipy.stats takes a second to import

from itemvec.core.arrays import Doubles
from itemvec.metrics.family import LARGEST_DIFFERENCE
from itemvec.metrics.guarded_scores import Guarded
from itemvec.metrics.joint_maximum import DRAWS, maxima, standardise
from itemvec.metrics.standard_error import Spread


@dataclass(frozen=True)
class BestSet:
    """Systems held against the best of the others; arrays of shape (n_systems,), or (n_systems, n_systems).

    gap
        Mean of each less that of the best other one.
    low, high
        Simultaneous intervals of it (Hsu, 1984). ``high`` is 0 for a system that is shown worse than
        another, ``low`` is 0 for the one that is shown to be the best: there the sign alone is shown.
    may_be_best
        Whether a system is not shown worse than another. The best of the population is among them with probability
        ``1 - level``.
    upper
        Of the mean of the system of a row less that of a column: upper bounds that hold with probability ``1 - level``
        for all columns of a row together. Infinite on the diagonal.
    p
        One-sided, adjusted for the row: that the system of a row is worse than that of a column. It is below ``level``
        exactly where ``upper`` is below 0.
    """

    gap: Doubles
    low: Doubles
    high: Doubles
    may_be_best: NDArray[np.bool_]
    upper: Doubles
    p: Doubles


def best_set(
    values: Doubles,
    seeds: Sequence[Spread],
    seed: int,
    level: float = 0.05,
    bound: float = LARGEST_DIFFERENCE,
    draws: int = DRAWS,
) -> BestSet:
    """Find the systems that may be the best of all on the same units.

    Each system in turn is held against all others, one-sided, with the largest score of these comparisons alone: that
    is all it takes for the true best one, whichever it is, to stay in with probability ``1 - level``.

    Parameters
    ----------
    values
        One value per unit and system, float64 of shape (n_units, n_systems), the mean over training seeds; no NaN.
    seeds
        What training seeds add to the mean of each system.
    bound
        The largest difference of two systems that a unit can have.
    """
    n_systems = values.shape[1]
    if len(seeds) != n_systems:
        raise ValueError(f"seeds: expected one Spread for each of {n_systems} systems, got {len(seeds)}")
    means = values.mean(axis=0)
    upper, p = np.full((n_systems, n_systems), np.inf), np.ones((n_systems, n_systems))
    for one in range(n_systems):
        others = np.arange(n_systems) != one
        if others.any():
            spreads = [seeds[one] + seeds[other] for other in range(n_systems) if other != one]
            ahead = values[:, others] - values[:, [one]]
            least, p[one, others] = _ahead(ahead, spreads, seed, level, bound, draws)
            upper[one, others] = -least
    high = np.maximum(0.0, upper.min(axis=1, initial=np.inf)) if n_systems > 1 else np.zeros(1)
    may_be_best = (high > 0) | (n_systems == 1)
    low, gap = np.zeros(n_systems), np.zeros(n_systems)
    for one in range(n_systems):
        rivals = may_be_best & (np.arange(n_systems) != one)
        low[one] = min(0.0, *(-upper[rivals, one]), 0.0)
        gap[one] = means[one] - np.delete(means, one).max(initial=-np.inf) if n_systems > 1 else 0.0
    return BestSet(gap, low, high, may_be_best, upper, p)


def _ahead(
    ahead: Doubles, spreads: list[Spread], seed: int, level: float, bound: float, draws: int
) -> tuple[Doubles, Doubles]:
    """Simultaneous lower bounds of the means of all columns, and p that each is above 0."""
    errors = np.array([spread.error for spread in spreads])
    degrees = np.array([spread.degrees for spread in spreads], dtype=np.float64)
    evidence = Guarded(ahead, errors, degrees, bound)
    noise = evidence.seed_shares()
    reference = maxima(standardise(ahead, -evidence.largest_loss), noise, seed, two_sided=False, draws=draws)
    critical = max(reference.critical(level), 0.1)  # of copies of one system none is ever ahead
    evidence = replace(evidence, critical=critical)
    scores, alone = evidence.scores(1.0)
    p = np.where((scores > 0.1) & (alone > 0), np.maximum(reference.p(scores), ndtr(-alone)), 1.0)
    least = evidence.lower_bounds(1.0, float(-ndtri(level)))
    tiny = np.finfo(np.float64).tiny  # rounding must not decide whether a bound excludes zero
    return np.where(p < level, np.maximum(least, tiny), np.minimum(least, 0.0)), p
