"""Affine maps of vectors, shared by PCA, whitening and the removal of directions."""

from __future__ import annotations

from typing import Literal

import numpy as np

from itemvec.core.arrays import Doubles, Floats
from itemvec.reducers.base import Map, Sample, Transform, mean_of
from itemvec.reducers.moments import Decomposition

Centre = Literal["items", "queries"]
BITS = 24  # as many as a float32 has


def affine(sample: Sample, matrix: Doubles, centre: Centre) -> Transform:
    """The map (vectors - mean) @ ``matrix``, float64 of shape (dim, reduced dim).

    ``centre`` says whose mean is subtracted from queries. With their own mean, as in the code of arXiv 2507.05006,
    items and queries are no longer in the same space: every query is shifted by a constant.
    """
    moments = sample.moments
    step = _step(moments, matrix)
    queries = _centred(mean_of(sample.queries), matrix, step) if centre == "queries" else None
    return Transform.floats(matrix.shape[1], _centred(moments.mean, matrix, step), queries)


def _step(moments: Decomposition, matrix: Doubles) -> float:
    """A power of two, 2**-24 of the length of a typical reduced vector, in whose multiples results are given."""
    variance = float((np.square(moments.directions @ matrix) * moments.values[:, None]).sum())
    return float(2.0 ** (np.floor(np.log2(variance) / 2) - BITS)) if variance > 0 else 2.0**-BITS


def _centred(mean: Doubles, matrix: Doubles, step: float) -> Map:
    """The map in float64, rounded to multiples of ``step``, so that all processors and threads give the same numbers.

    Numbers near zero would else keep, as float32, digits that depend on the order of a sum.
    """
    factors = np.ascontiguousarray(matrix)

    def transform(vectors: Floats) -> Floats:
        centred = vectors - mean  # first: a product of vectors far from the origin would cancel
        return np.asarray(np.rint(centred @ factors / step) * step, dtype=np.float32)

    return transform
