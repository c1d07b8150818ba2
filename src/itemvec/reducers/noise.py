"""Noise: vectors moved at random, to see what evenly spread directions alone do to a ranking."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from itemvec.core.arrays import Floats
from itemvec.core.options import Natural, PositiveFloat
from itemvec.reducers.affine import BITS
from itemvec.reducers.base import REDUCERS, Map, Sample, Transform

WAVES = 30.0  # how often the noise turns over the length of a typical vector: apart by a tenth, and it is another


@REDUCERS.register("noise")
@dataclass(frozen=True)
class Noise:
    """Add noise that has no direction: vectors spread more evenly, and know nothing more.

    The noise of a vector is a random wave in every dimension (the features of Rahimi and Recht, 2007), which depends on
    the vector alone: equal vectors stay equal, whatever batch they are in, and rounding errors stay small. That of
    items and that of queries are independent.

    Parameters
    ----------
    share
        Length of the noise, in units of the root mean square length of the items.
    draw
        Number of the draw: rows that differ in it are different noise under the same seed.
    """

    share: PositiveFloat
    draw: Natural = 0

    def fit(self, sample: Sample, rng: np.random.Generator) -> Transform:
        """Draw the waves, and measure how long the items are."""
        moments, (items, queries) = sample.moments, rng.spawn(self.draw + 1)[self.draw].spawn(2)
        length = float(np.sqrt(moments.mean @ moments.mean + moments.values.sum())) or 1.0
        return Transform.floats(sample.dim, *(self._map(one, sample.dim, length) for one in (items, queries)))

    def _map(self, rng: np.random.Generator, dim: int, length: float) -> Map:
        waves = rng.standard_normal((dim, dim)) * WAVES / length
        phases = rng.uniform(0, 2 * np.pi, dim)
        height = self.share * length * np.sqrt(2 / dim)  # a cosine has the root mean square of sqrt(1/2)
        step = 2.0 ** (np.floor(np.log2(length)) - BITS)

        def transform(vectors: Floats) -> Floats:
            moved = vectors + height * np.cos(vectors @ waves + phases)
            return np.asarray(np.rint(moved / step) * step, dtype=np.float32)

        return transform
