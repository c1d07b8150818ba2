"""Random choice of coordinates, a baseline for other reductions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from itemvec.core.options import Natural, Width
from itemvec.reducers.base import REDUCERS, Sample, Transform


@REDUCERS.register("random-drop")
@dataclass(frozen=True)
class RandomDrop:
    """Keep a random choice of the coordinates (arXiv 2508.17744).

    Parameters
    ----------
    dim
        How many to keep.
    draw
        Number of the draw: rows that differ in it are different choices under the same seed.
    """

    dim: Width
    draw: Natural = 0

    def fit(self, sample: Sample, rng: np.random.Generator) -> Transform:
        """Draw the coordinates; their order stays."""
        lot = rng.spawn(self.draw + 1)[self.draw]
        kept = np.sort(lot.choice(sample.dim, size=sample.keep("random-drop", self.dim), replace=False))
        return Transform.floats(len(kept), lambda vectors: np.ascontiguousarray(vectors[:, kept]))
