"""The critical catalogue size: the largest n for which optimised vectors rank every set of k items first."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from itemvec.studies.free_embeddings import Recipe, fit

GROWTH = 1.25  # from one catalogue to the next while all are solved


def every_set(n: int, k: int) -> NDArray[np.bool_]:
    """One query for every set of ``k`` of ``n`` items: which items are relevant, bool of shape (n choose k, n)."""
    chosen = np.array(list(combinations(range(n), k)))
    relevant = np.zeros((len(chosen), n), dtype=bool)
    relevant[np.arange(len(chosen))[:, None], chosen] = True
    return relevant


def critical_n(dim: int, recipe: Recipe, seed: int, k: int = 2, most: int = 64) -> int:
    """Largest n that is solved for all sets of ``k`` items, by exponential search and bisection (arXiv 2508.21038).

    The result is what this recipe reaches in its steps, not what ``dim`` dimensions can hold: another recipe may solve
    a larger n. Bisection assumes that if n is solved, every smaller n is solved too.

    Parameters
    ----------
    most
        No larger catalogue is tried: n items make n over k queries.
    """

    def solved(n: int) -> bool:
        return fit(every_set(n, k), dim, recipe, seed).solved

    low, high = k, min(k + 1, most)  # a query that wants all of k items is solved
    while low < most and solved(high):
        low, high = high, min(int(np.ceil(high * GROWTH)), most)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if solved(middle) else (low, middle)
    return low
