"""All-but-the-top: removal of the mean and of the directions of most variance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from itemvec.core.options import Natural
from itemvec.reducers.affine import affine
from itemvec.reducers.base import REDUCERS, Sample, Transform


@REDUCERS.register("all-but-the-top")
@dataclass(frozen=True)
class AllButTheTop:
    """Centre on the items' mean and remove the directions of most variance (arXiv 1702.01417). The width stays.

    Parameters
    ----------
    directions
        How many to remove; by default one for every hundred dimensions, as in the paper. 0 only centres.
    """

    directions: Natural | None = None

    def fit(self, sample: Sample, rng: np.random.Generator) -> Transform:  # noqa: ARG002  (exact)
        """Project onto the remaining directions."""
        count = max(1, round(sample.dim / 100)) if self.directions is None else self.directions
        top = sample.moments.directions[: sample.keep("all-but-the-top", count)]
        return affine(sample, np.eye(sample.dim) - top.T @ top, "items")
