"""Principal component analysis."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from itemvec.core.arrays import Doubles
from itemvec.core.errors import ParamsError
from itemvec.core.options import Share, Width
from itemvec.reducers.affine import Centre, affine
from itemvec.reducers.base import REDUCERS, Sample, Transform


@REDUCERS.register("pca")
@dataclass(frozen=True)
class Pca:
    """Centre on the items' mean and keep the directions of most variance (Pearson, 1901).

    Give either ``dim`` or ``variance``.

    Parameters
    ----------
    dim
        Number of directions to keep.
    variance
        Keep as few directions as explain this share of the variance.
    centre
        Whose mean is taken from the queries. ``queries``, their own mean, is a defect of the code of arXiv
        2507.05006, kept to reproduce its figures.
    """

    dim: Width | None = None
    variance: Share | None = None
    centre: Centre = "items"

    def __post_init__(self) -> None:
        if (self.dim is None) == (self.variance is None):
            raise ParamsError("reducer pca: give either dim or variance")

    def fit(self, sample: Sample, rng: np.random.Generator) -> Transform:  # noqa: ARG002  (exact)
        """Take the first directions of the items' covariance."""
        moments = sample.moments
        kept = sample.keep("pca", self.dim or dims_for(moments.values, self.variance or 1.0))
        return affine(sample, moments.directions[:kept].T, self.centre)


def dims_for(eigenvalues: Doubles, share: float) -> int:
    """How many of the descending ``eigenvalues`` it takes for ``share`` of their sum, at least one."""
    total = float(np.sum(eigenvalues))
    if total == 0:  # of a single vector, say
        return 1
    shares = np.cumsum(eigenvalues) / total
    return min(int(np.searchsorted(shares, share - 1e-12)) + 1, len(eigenvalues))
