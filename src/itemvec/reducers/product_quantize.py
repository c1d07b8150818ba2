"""Product quantisation with faiss: each part of a vector is replaced by the nearest of a few learnt centroids."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
from annotated_types import Ge, Le

from itemvec.core.arrays import Doubles, Floats
from itemvec.core.errors import ParamsError
from itemvec.core.options import Positive
from itemvec.reducers.base import REDUCERS, Sample, Transform

TRAINING = 256  # training vectors per centroid: faiss uses no more
MOST = 1 << 16  # training vectors in all, which are held in memory
Bits = Annotated[int, Ge(1), Le(12)]


@REDUCERS.register("product-quantize")
@dataclass(frozen=True)
class ProductQuantize:
    """Cut a vector into parts and replace each by the nearest of its centroids (Jégou et al., 2011).

    Items become the vectors that their codes stand for; queries stay floats, which is the asymmetric distance of the
    paper. ``bytes_per_item`` counts the codes, not the 2^bits x dim numbers of the codebook, which matter for a small
    catalogue.

    Parameters
    ----------
    parts
        Number of parts; it must divide the width of the vectors.
    bits
        Bits of a code: each part has 2^bits centroids.
    rotate
        Rotate the vectors first so that parts lose least (OPQ, Ge et al., 2013).
    """

    parts: Positive
    bits: Bits = 8
    rotate: bool = False

    def fit(self, sample: Sample, rng: np.random.Generator) -> Transform:
        """Learn the centroids from a bounded sample of the items."""
        import faiss

        if sample.dim % self.parts:
            raise ParamsError(f"reducer product-quantize: parts {self.parts} does not divide {sample.dim} dimensions")
        drawn = _drawn(sample, min(TRAINING << self.bits, MOST), rng)
        if len(drawn) < 1 << self.bits:
            raise ParamsError(
                f"reducer product-quantize: {len(drawn)} items are too few for {1 << self.bits} centroids; lower bits"
            )
        quantizer: Any = faiss.ProductQuantizer(sample.dim, self.parts, self.bits)
        quantizer.cp.seed = int(rng.integers(1 << 30))
        quantizer.cp.min_points_per_centroid = 1  # no warning about few items, which are the caller's choice
        turn = np.eye(sample.dim, dtype=np.float32)
        if self.rotate:
            rotation = faiss.OPQMatrix(sample.dim, self.parts)
            rotation.pq = quantizer
            rotation.train(drawn)
            turn = faiss.vector_to_array(rotation.A).reshape(sample.dim, sample.dim).T.copy()
        quantizer.train(np.ascontiguousarray(drawn @ turn))

        def items(vectors: Floats) -> Floats:
            turned = np.ascontiguousarray(vectors @ turn if self.rotate else vectors)
            decoded: Floats = quantizer.decode(quantizer.compute_codes(turned)) if len(turned) else turned
            return np.ascontiguousarray(decoded @ turn.T) if self.rotate else decoded

        return Transform(items, (self.parts * self.bits + 7) // 8, lambda vectors: vectors)


def _drawn(sample: Sample, size: int, rng: np.random.Generator) -> Floats:
    """A random sample of ``size`` items, or all if there are fewer, in one pass: those with the lowest random keys."""
    kept, keys = [np.empty((0, sample.dim), np.float32)], [np.empty(0)]
    for batch in sample.batches:
        kept.append(batch)
        keys.append(rng.random(len(batch)))
        if sum(map(len, keys)) > 2 * size:
            kept, keys = _lowest(kept, keys, size)
    return _lowest(kept, keys, size)[0][0]


def _lowest(kept: list[Floats], keys: list[Doubles], size: int) -> tuple[list[Floats], list[Doubles]]:
    rows, key = np.concatenate(kept), np.concatenate(keys)
    chosen = np.sort(np.argsort(key)[:size])  # in the order they came
    return [rows[chosen]], [key[chosen]]
