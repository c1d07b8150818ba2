"""The identity: no reduction. Its variant is what others are compared with."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from itemvec.reducers.base import REDUCERS, Sample, Transform


@REDUCERS.register("identity")
@dataclass(frozen=True)
class Identity:
    """Keep the vectors as they are."""

    def fit(self, sample: Sample, rng: np.random.Generator) -> Transform:  # noqa: ARG002  (nothing to learn)
        """Return the identity; nothing is fitted."""
        return Transform.floats(sample.dim, lambda vectors: vectors)
