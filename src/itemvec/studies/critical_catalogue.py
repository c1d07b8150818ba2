"""The largest catalogue whose every pair of items some query can ask for, as far as an optimiser finds the vectors."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from itemvec.studies.free_embeddings import Recipe, fit

GROWTH = 1.25  # from one catalogue to the next while all are solved


def every_set(n: int, k: int) -> NDArray[np.bool_]:
    """Every choice of ``k`` of ``n`` items as the relevant items of one query, bool of shape (n choose k, n)."""
    chosen = np.array(list(combinations(range(n), k)))
    relevant = np.zeros((len(chosen), n), dtype=bool)
    relevant[np.arange(len(chosen))[:, None], chosen] = True
    return relevant


def critical_n(dim: int, recipe: Recipe, seed: int, k: int = 2, most: int = 64) -> int:
    """Largest n that is solved for all sets of ``k`` items, by galloping up and then halving (arXiv 2508.21038).

    It tells what this recipe finds in its steps, not what ``dim`` dimensions can hold: an n that is not solved may be
    solved by another. A search by halves takes it that what is solved for n is solved for fewer.

    Parameters
    ----------
    most
        No larger catalogue is tried: one of n has n over k queries.
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
