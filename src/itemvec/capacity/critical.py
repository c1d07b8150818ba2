"""The largest catalogue whose every pair of items some query can ask for, as far as an optimiser finds the vectors."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from itemvec.capacity.free import Recipe, fit

GROWTH = 1.25  # from one catalogue to the next while all are solved


def every_set(n: int, k: int) -> NDArray[np.bool_]:
    """Every choice of ``k`` of ``n`` items as the relevant items of one query, bool of shape (n choose k, n)."""
    chosen = np.array(list(combinations(range(n), k)))
    relevant = np.zeros((len(chosen), n), dtype=bool)
    relevant[np.arange(len(chosen))[:, None], chosen] = True
    return relevant


def critical_n(dim: int, recipe: Recipe, seed: int, k: int = 2, start: int | None = None) -> int:
    """Largest n that is solved for all sets of ``k`` items, by galloping up and then halving (arXiv 2508.21038).

    It tells what this recipe finds in its steps, not what ``dim`` dimensions can hold: an n that is not solved may be
    solved by another. A search by halves takes it that what is solved for n is solved for fewer.

    Parameters
    ----------
    start
        An n thought to be solved; by default ``dim + k``, which is easy: fewer than ``dim + 2`` points are in general
        position.
    """

    def solved(n: int) -> bool:
        return fit(every_set(n, k), dim, recipe, seed).solved

    low = start or dim + k
    while not solved(low):
        if low <= k + 1:
            return k
        low = max(k + 1, int(low / GROWTH))
    high = int(np.ceil(low * GROWTH))
    while solved(high):
        low, high = high, int(np.ceil(high * GROWTH))
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if solved(middle) else (low, middle)
    return low
