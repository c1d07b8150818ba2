"""Fewer bits for every number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from itemvec.core.arrays import Floats
from itemvec.reducers.base import REDUCERS, Map, Sample, Transform

LEVELS = 255  # steps between the 256 values of a byte


@REDUCERS.register("quantize")
@dataclass(frozen=True)
class Quantize:
    """Store every number in fewer bits. The width stays.

    ``float16`` takes two bytes a number. ``int8`` takes one: 256 even steps from the least to the largest value that
    the items have in that dimension; queries are rounded to the same steps. ``binary`` takes one bit: the sign.

    Parameters
    ----------
    to
        What numbers are rounded to.
    rescore
        For ``binary``: keep queries as floats, as when candidates found by their bits are rescored. With ``false``
        queries become bits too, so that cosine orders by Hamming distance.
    """

    to: Literal["float16", "int8", "binary"]
    rescore: bool = True

    def fit(self, sample: Sample, rng: np.random.Generator) -> Transform:  # noqa: ARG002  (exact)
        """Find the range of each dimension for ``int8``; the others have nothing to learn."""
        if self.to == "float16":
            return Transform(_float16, 2 * sample.dim)
        if self.to == "int8":
            return Transform(_steps(sample), sample.dim)
        return Transform(_signs, (sample.dim + 7) // 8, (lambda vectors: vectors) if self.rescore else None)


def _float16(vectors: Floats) -> Floats:
    return vectors.astype(np.float16).astype(np.float32)


def _steps(sample: Sample) -> Map:
    low, high = np.full(sample.dim, np.inf, np.float32), np.full(sample.dim, -np.inf, np.float32)
    for batch in sample.batches:
        low, high = np.minimum(low, batch.min(axis=0)), np.maximum(high, batch.max(axis=0))
    step = (high - low) / np.float32(LEVELS)
    divisor = np.where(step > 0, step, np.float32(1))

    def transform(vectors: Floats) -> Floats:
        codes = np.clip(np.rint((vectors - low) / divisor), 0, LEVELS)  # what a byte holds
        return np.asarray(low + codes * step, dtype=np.float32)

    return transform


def _signs(vectors: Floats) -> Floats:
    """One over the square root of the width, with the sign of the number; zero counts as positive."""
    size = np.float32(vectors.shape[1] ** -0.5)
    return np.where(vectors < 0, -size, size).astype(np.float32)
