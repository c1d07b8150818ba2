"""Maps that centre and multiply: what PCA, whitening and the removal of directions have in common."""

from __future__ import annotations

from typing import Literal

import numpy as np

from itemvec.core.arrays import Doubles, Floats
from itemvec.reducers.base import Map, Sample, Transform, mean_of

Centre = Literal["items", "queries"]


def affine(sample: Sample, matrix: Doubles, centre: Centre) -> Transform:
    """The map (vectors - mean) @ ``matrix``, float64 of shape (dim, reduced dim).

    ``centre`` says whose mean is taken from queries. On their own mean, as the code of arXiv 2507.05006 does, items and
    queries are no longer in one space: a constant is added to every query.
    """
    shift = sample.moments.mean
    queries = _centred(mean_of(sample.queries), matrix) if centre == "queries" else None
    return Transform.floats(matrix.shape[1], _centred(shift, matrix), queries)


def _centred(mean: Doubles, matrix: Doubles) -> Map:
    factors = np.ascontiguousarray(matrix, dtype=np.float32)
    shift = mean.astype(np.float32)  # taken off first: a product of vectors far from the origin would cancel

    def transform(vectors: Floats) -> Floats:
        return np.asarray((vectors - shift) @ factors, dtype=np.float32)

    return transform
