"""Random projection: a product with a matrix of normal random numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from itemvec.core.options import Natural, Width
from itemvec.reducers.base import REDUCERS, Sample, Transform


@REDUCERS.register("random-projection")
@dataclass(frozen=True)
class RandomProjection:
    """Multiply by a matrix of normal random numbers.

    Lengths and angles are kept on average (Johnson and Lindenstrauss, 1984).

    Parameters
    ----------
    dim
        Number of columns of the matrix, which is the new width.
    draw
        Number of the draw: rows that differ in it are different matrices under the same seed.
    """

    dim: Width
    draw: Natural = 0

    def fit(self, sample: Sample, rng: np.random.Generator) -> Transform:
        """Draw the matrix."""
        kept = sample.keep("random-projection", self.dim)
        lot = rng.spawn(self.draw + 1)[self.draw]
        matrix = lot.standard_normal((sample.dim, kept), dtype=np.float32) / np.float32(np.sqrt(kept))
        return Transform.floats(kept, lambda vectors: vectors @ matrix)
