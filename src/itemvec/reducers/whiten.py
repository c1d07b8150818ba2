"""Whitening: scaling to the same variance in every direction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from itemvec.core.errors import ParamsError
from itemvec.core.options import Dim, Positive, PositiveFloat, Share
from itemvec.reducers.affine import Centre, affine
from itemvec.reducers.base import REDUCERS, Sample, Transform


@REDUCERS.register("whiten")
@dataclass(frozen=True)
class Whiten:
    """Divide each principal direction by its standard deviation (Kessy et al., 2018).

    Parameters
    ----------
    method
        ``zca`` rotates back to the original axes, and so moves vectors least. ``pca`` leaves them along the
        principal directions.
    dim
        For ``pca``: how many directions to keep; by default all.
    groups
        Cut the coordinates into this many equal runs and whiten each by itself (WhitenRec, arXiv 2402.17152). The
        more groups, the closer the result is to the original vectors.
    epsilon
        Added to the variances, in units of the largest. It keeps directions without variance from becoming rounding
        errors made large.
    centre
        Whose mean is taken from the queries, as in ``pca``.
    strength
        How far to go: each direction is divided by its standard deviation to this power. Near 0 little more than the
        mean is taken off; 1 is whitening. Some isotropy, not all, may serve best (arXiv 2603.19339).
    """

    method: Literal["zca", "pca"] = "zca"
    dim: Dim | None = None
    groups: Positive = 1
    epsilon: PositiveFloat = 1e-5
    centre: Centre = "items"
    strength: Share = 1.0

    def __post_init__(self) -> None:
        if self.dim is not None and (self.method == "zca" or self.groups > 1):
            raise ParamsError("reducer whiten: dim needs method pca and one group")

    def fit(self, sample: Sample, rng: np.random.Generator) -> Transform:  # noqa: ARG002  (exact)
        """Compute the power of the items' covariance, or of its diagonal blocks: the inverse root at strength 1."""
        if sample.dim % self.groups:
            raise ParamsError(f"reducer whiten: groups {self.groups} does not divide the {sample.dim} dimensions")
        moments, width = sample.moments, sample.dim // self.groups
        covariance = moments.covariance
        matrix = np.zeros_like(covariance)
        for start in range(0, sample.dim, width):
            block = slice(start, start + width)
            whole = self.groups == 1
            values, vectors = (
                (moments.values, moments.directions.T) if whole else np.linalg.eigh(covariance[block, block])
            )
            floor = self.epsilon * values.max() + np.finfo(np.float64).tiny
            scaled = vectors / (values + floor) ** (self.strength / 2)
            matrix[block, block] = scaled @ vectors.T if self.method == "zca" else scaled
        kept = sample.keep("whiten", self.dim or sample.dim)
        return affine(sample, matrix[:, :kept], self.centre)
