"""Truncation: only the first coordinates are kept."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from itemvec.core.options import Dim
from itemvec.reducers.base import REDUCERS, Sample, Transform, unit


@REDUCERS.register("truncate")
@dataclass(frozen=True)
class Truncate:
    """Keep the first coordinates and rescale to unit length.

    It is meant for encoders that were trained with prefixes in mind (Matryoshka, arXiv 2205.13147). For others a prefix
    is as good as any other choice.

    Parameters
    ----------
    dim
        How many to keep.
    """

    dim: Dim

    def fit(self, sample: Sample, rng: np.random.Generator) -> Transform:  # noqa: ARG002  (nothing to learn)
        """Return the truncation; nothing is fitted."""
        kept = sample.keep("truncate", self.dim)
        matrix = np.eye(sample.dim, kept, dtype=np.float32)
        found = Transform.floats(kept, lambda vectors: unit(vectors[:, :kept]))
        return replace(found, linear={"item": matrix, "query": matrix})
