"""Isotropy of vectors: mean cosine, uniformity and alignment."""

from __future__ import annotations

import numpy as np

from itemvec.core.arrays import Doubles, Floats

ROWS = 1024  # compared with all others at a time


class Directions:
    """Sum of streamed unit vectors. Its length gives the mean cosine of all pairs."""

    def __init__(self, dim: int) -> None:
        self.n = 0
        self.sum: Doubles = np.zeros(dim)

    def add(self, vectors: Floats) -> None:
        """Add vectors of shape (any, dim); vectors of length zero add nothing."""
        units = to_unit(vectors)
        self.n += int(np.count_nonzero(units.any(axis=1)))
        self.sum = self.sum + units.sum(axis=0, dtype=np.float64)

    def mean_cosine(self) -> float:
        """Mean cosine over all pairs of different vectors; 0 if there is no pair.

        It is 0 if directions are spread evenly, and near 1 if all vectors point the same way.
        """
        pairs = self.n * (self.n - 1)
        return float(self.sum @ self.sum - self.n) / pairs if pairs else 0.0


def to_unit(vectors: Floats) -> Floats:
    """Scale vectors to unit length; a vector of zeros stays zero."""
    scaled: Floats = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
    return scaled


def uniformity(units: Floats) -> float:
    """Logarithm of the mean of exp(-2 * squared distance) over all pairs of different rows; 0 if all are the same.

    The lower, the more evenly they lie on the sphere. Wang and Isola, arXiv 2005.10242, with t = 2.

    Parameters
    ----------
    units
        Unit vectors, float32 of shape (n, dim); a vector of zeros has no direction, and is left out.
    """
    units = units[units.any(axis=1)]
    n, total = len(units), 0.0
    if n < 2:
        return 0.0
    for start in range(0, n, ROWS):
        distances = 2 - 2 * np.minimum(units[start : start + ROWS] @ units.T, 1)  # (rows, n), squared
        total += float(np.exp(-2 * distances).sum(dtype=np.float64))
    return float(np.log((total - n) / (n * (n - 1))))


def alignment(left: Floats, right: Floats) -> float:
    """Mean squared distance of unit vectors that belong together, row by row: 0 if the same, 2 if at right angles.

    Wang and Isola, arXiv 2005.10242, with alpha = 2.
    """
    return float(np.square(left - right).sum(axis=1, dtype=np.float64).mean())
