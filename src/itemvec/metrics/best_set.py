"""Multiple comparisons with the best (Hsu, 1984)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from itemvec.core.arrays import Doubles
from itemvec.metrics.family import LARGEST_DIFFERENCE, compare_family
from itemvec.metrics.standard_error import Spread


def against_best(
    values: Doubles,
    independent: Callable[[Doubles], Doubles],
    seeds: Sequence[Spread],
    seed: int,
    bound: float = LARGEST_DIFFERENCE,
) -> tuple[Doubles, Doubles]:
    """Simultaneous 95 % intervals of each system's mean less the highest mean of the others.

    All pairs of systems are one family. If every difference lies in its interval, a system less the best of the others
    lies between the lowest of its lower bounds and the lowest of its upper bounds. So with probability 95 % or more no
    system whose upper bound is below zero is the best, and none loses more than its lower bound says.

    Parameters
    ----------
    values
        Of the same queries, averaged over seeds of training, float64 of shape (n_queries, n_systems).
    independent
        Makes one row per independent unit of differences per query, float64 of shape (n_queries, n_pairs).
    seeds
        What seeds of training add to each mean.
    bound
        The largest difference that a unit can have.

    Returns
    -------
    Lower and upper bounds, float64 of shape (n_systems,); zero for a system that is alone.
    """
    n = values.shape[1]
    left, right = np.triu_indices(n, 1)
    differences = independent(values[:, left] - values[:, right])
    pairs = [seeds[int(i)] + seeds[int(j)] for i, j in zip(left, right, strict=True)]
    family = compare_family(differences, pairs, seed, bound=bound)
    low, high = np.zeros((n, n)), np.zeros((n, n))
    low[left, right], high[left, right] = family.low, family.high
    low[right, left], high[right, left] = -family.high, -family.low
    others = ~np.eye(n, dtype=bool)
    if n < 2:
        return np.zeros(n), np.zeros(n)
    return np.where(others, low, np.inf).min(axis=1), np.where(others, high, np.inf).min(axis=1)
