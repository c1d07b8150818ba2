"""Principal component analysis."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from itemvec.arrays import Doubles, Floats
from itemvec.errors import ParamsError
from itemvec.options import Positive, Share
from itemvec.reducers.base import REDUCERS, Transform
from itemvec.reducers.moments import Moments


@REDUCERS.register("pca")
@dataclass(frozen=True)
class Pca:
    """Centre on the items' mean and keep the directions of most variance (Pearson, 1901).

    Either ``dim`` directions, or as few as explain the share ``variance`` of it. Queries are centred on the items' mean
    too.
    """

    dim: Positive | None = None
    variance: Share | None = None

    def __post_init__(self) -> None:
        if (self.dim is None) == (self.variance is None):
            raise ParamsError("reducer pca: give either dim or variance")

    def fit(self, batches: Iterable[Floats], rng: np.random.Generator) -> Transform:  # noqa: ARG002  (exact)
        """Decompose the covariance of the items, accumulated in one pass."""
        moments = Moments.of(batches)
        values, directions = moments.spectrum()
        kept = self.dim or dims_for(values, self.variance or 1.0)
        if kept > len(values):
            raise ParamsError(f"reducer pca: dim {kept} is more than the {len(values)} the vectors have")
        mean = moments.mean.astype(np.float32)
        projection = np.ascontiguousarray(directions[:kept].T, dtype=np.float32)  # (dim, kept)

        def transform(vectors: Floats) -> Floats:
            return np.asarray((vectors - mean) @ projection, dtype=np.float32)

        return transform


def dims_for(eigenvalues: Doubles, share: float) -> int:
    """How many of the descending ``eigenvalues`` it takes for ``share`` of their sum, at least one."""
    total = float(np.sum(eigenvalues))
    if total == 0:  # of a single vector, say
        return 1
    shares = np.cumsum(eigenvalues) / total
    return min(int(np.searchsorted(shares, share - 1e-12)) + 1, len(eigenvalues))
