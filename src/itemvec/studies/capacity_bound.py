"""A construction of vectors in 2k dimensions that ranks any k items first, for any number of items.

Items lie on the trigonometric moment curve, whose convex hull is a cyclic polytope: any k of its points form a face
(Gale, "Neighborly and cyclic polytopes", 1963). The query of a set is the outward normal of that face. So 2k dimensions
suffice in exact arithmetic, but the margin falls as n ** -2k with n items: for sets of two items, float32 no longer
resolves it at a few hundred items.
"""

from __future__ import annotations

from itertools import combinations, islice
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from itemvec.core.arrays import Doubles

NUMBERS = 1 << 22  # scores held at a time


def curve(n: int, k: int) -> Doubles:
    """``n`` points at equal steps on the curve: unit vectors, float64 of shape (n, 2k)."""
    angles = 2 * np.pi * np.arange(n) / n
    turns = np.outer(angles, np.arange(1, k + 1))  # (n, k)
    points: Doubles = np.concatenate([np.cos(turns), np.sin(turns)], axis=1) / np.sqrt(k)
    return points


def selectors(sets: Doubles) -> Doubles:
    """The query vector of each set: unit vectors, float64 of shape (n_sets, 2k).

    The product of ``1 - cos(t - s)`` over the angles s of a set is zero there and above zero elsewhere. It is a
    constant plus an inner product with the point at t, so the negated coefficients are a query that scores the set
    highest.

    Parameters
    ----------
    sets
        Angles, float64 of shape (n_sets, k).
    """
    n_sets, k = sets.shape
    coefficients = np.zeros((n_sets, 2 * k + 1), dtype=np.complex128)  # of exp(i h t), h from -k to k
    coefficients[:, k] = 1
    for angles in sets.T:
        turned = np.exp(1j * angles)[:, None] * coefficients / 2, np.exp(-1j * angles)[:, None] * coefficients / 2
        coefficients = coefficients - np.roll(turned[0], -1, axis=1) - np.roll(turned[1], 1, axis=1)
    positive = coefficients[:, k + 1 :]
    found = -np.concatenate([positive.real, -positive.imag], axis=1)
    queries: Doubles = found / np.linalg.norm(found, axis=1, keepdims=True)
    return queries


def margin(n: int, k: int, dtype: DTypeLike = np.float64) -> float:
    """Smallest margin over all sets of ``k`` of ``n`` items, with vectors and products rounded to ``dtype``.

    A rotation changes no margin, so the sets that contain the first item stand for all.
    """
    points: Any = curve(n, k).astype(dtype)
    rest = combinations(range(1, n), k - 1)
    least, rows = np.inf, max(1, NUMBERS // n)
    while some := list(islice(rest, rows)):
        chosen = np.array([(0, *others) for others in some])
        scores = selectors(2 * np.pi * chosen / n).astype(dtype) @ points.T
        worst = np.take_along_axis(scores, chosen, axis=1).min(axis=1)
        np.put_along_axis(scores, chosen, -np.inf, axis=1)
        least = min(least, float((worst - scores.max(axis=1)).min()))
    return least
