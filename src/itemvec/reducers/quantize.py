"""Scalar quantisation: float16, int8 or binary vectors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from itemvec.core.arrays import Floats
from itemvec.core.errors import ParamsError
from itemvec.reducers.base import REDUCERS, Map, Sample, Transform

LEVELS = 255  # steps between the 256 values of a byte
OFFSET = 128  # of a signed byte


@REDUCERS.register("quantize")
@dataclass(frozen=True)
class Quantize:
    """Round every number to what ``to`` can say; the width stays.

    ``float16`` takes two bytes a number. ``int8`` takes one: 256 even steps from the least to the largest value that
    the items have in that dimension, and the queries are cut to the same steps. ``binary`` takes a bit: the sign.

    Parameters
    ----------
    to
        Number type: ``float16``, ``int8`` or ``binary``.
    rescore
        With ``binary``: the query stays a float, as where candidates found by their bits are rescored. ``false`` gives
        it the bits alone, so that cosine orders by Hamming distance.
    codes
        With ``int8``: search the codes as they are, -128 to 127, as an index of int8 vectors made by the
        ``quantize_embeddings`` of sentence-transformers does. By default each code is decoded with the range of its
        dimension first, as the scalar quantisers of faiss (SQ8), Lucene and Qdrant do.
    """

    to: Literal["float16", "int8", "binary"]
    rescore: bool = True
    codes: bool = False

    def __post_init__(self) -> None:
        if self.codes and self.to != "int8":
            raise ParamsError(f"reducer quantize: codes is for int8, not {self.to}; take the option away")

    def fit(self, sample: Sample, rng: np.random.Generator) -> Transform:  # noqa: ARG002  (exact)
        """Find the range of each dimension for ``int8``; for the other types nothing is fitted."""
        if self.to == "float16":
            return Transform(_float16, 2 * sample.dim)
        if self.to == "int8":
            return Transform(_steps(sample, self.codes), sample.dim)
        return Transform(_signs, (sample.dim + 7) // 8, (lambda vectors: vectors) if self.rescore else None)


def _float16(vectors: Floats) -> Floats:
    return vectors.astype(np.float16).astype(np.float32)


def _steps(sample: Sample, as_codes: bool) -> Map:
    low, high = np.full(sample.dim, np.inf, np.float32), np.full(sample.dim, -np.inf, np.float32)
    for batch in sample.batches:
        low, high = np.minimum(low, batch.min(axis=0)), np.maximum(high, batch.max(axis=0))
    step = (high - low) / np.float32(LEVELS)
    divisor = np.where(step > 0, step, np.float32(1))

    def transform(vectors: Floats) -> Floats:
        places = (vectors - low) / divisor
        codes = np.clip(np.floor(places) if as_codes else np.rint(places), 0, LEVELS)  # what a byte holds
        return np.asarray(codes - OFFSET if as_codes else low + codes * step, dtype=np.float32)

    return transform


def _signs(vectors: Floats) -> Floats:
    """Signs of the numbers, scaled to unit length; zero counts as positive."""
    size = np.float32(vectors.shape[1] ** -0.5)
    return np.where(vectors < 0, -size, size).astype(np.float32)
