"""Optimised product quantisation with faiss (Ge et al., "Optimized product quantization", 2013)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from itemvec.core.arrays import Floats, Ints
from itemvec.core.errors import ParamsError

ROWS = 1 << 16  # vectors encoded at a time; also the most training vectors
ROUNDS = 10  # of optimising centroids and rotation in turn


@dataclass(frozen=True)
class Quantizer:
    """A fitted quantiser, by which vectors of any catalogue of the same text model get codes of the same meaning.

    rotation
        Orthogonal map, float32 of shape (dim, width).
    centroids
        Of each part, float32 of shape (parts, 2 ** bits, width / parts).
    """

    rotation: Floats
    centroids: Floats

    def codes(self, vectors: Floats) -> Ints:
        """The nearest centroid in each part of the rotated vectors: int64 of shape (n, parts)."""
        import faiss

        parts, choices, _ = self.centroids.shape
        bits = int(np.log2(choices))
        quantizer: Any = faiss.ProductQuantizer(self.rotation.shape[1], parts, bits)
        faiss.copy_array_to_vector(self.centroids.ravel(), quantizer.centroids)
        blocks = [
            quantizer.compute_codes(vectors[start : start + ROWS] @ self.rotation)
            for start in range(0, len(vectors), ROWS)
        ]
        return np.concatenate([faiss.unpack_bitstrings(one, parts, bits) for one in blocks]).astype(np.int64)


def opq(vectors: Floats, parts: int, bits: int) -> Quantizer:
    """Fit 2 ** bits centroids in each of ``parts`` parts of rotated vectors, and the rotation.

    Parameters
    ----------
    vectors
        float32 of shape (n, dim).
    bits
        Per part, 1 to 8; fewer where there are fewer vectors than centroids.

    Returns
    -------
    Equal vectors give an equal quantiser: faiss has a fixed seed.
    """
    import faiss

    n, dim = vectors.shape
    if dim < parts:
        raise ParamsError(f"vqrec: vectors of {dim} numbers cannot be cut into {parts} parts; set parts lower")
    bits = min(bits, int(np.log2(max(n, 2))))
    width = dim // parts * parts
    sample = vectors[np.linspace(0, n - 1, min(n, ROWS)).astype(np.int64)]
    quantizer: Any = faiss.ProductQuantizer(width, parts, bits)  # its stubs do not know what faiss puts over it
    quantizer.cp.min_points_per_centroid = 1  # a small catalogue is no reason to warn
    # faiss.OPQMatrix does the same, but crashes where there are fewer than 8 bits.
    axes = np.linalg.eigh(sample.T @ sample)[1][:, : -width - 1 : -1].astype(np.float32)  # by falling variance
    rotation = axes.reshape(dim, -1, parts).swapaxes(1, 2).reshape(dim, width)  # dealt out, so that all parts get some
    for _ in range(ROUNDS):
        rotated = np.ascontiguousarray(sample @ rotation)
        quantizer.train(rotated)
        quantizer.train_type = faiss.ProductQuantizer.Train_hot_start
        quantizer.cp.niter = 2  # go on from the centroids of the last round
        coded = quantizer.decode(quantizer.compute_codes(rotated))
        left, _, right = np.linalg.svd(sample.T @ coded, full_matrices=False)
        rotation = left @ right  # the orthogonal map that takes the sample nearest to its codes
    return Quantizer(rotation, faiss.vector_to_array(quantizer.centroids).reshape(parts, 1 << bits, -1))


def opq_codes(vectors: Floats, parts: int, bits: int) -> Ints:
    """The codes of vectors, float32 of shape (n, dim), by a quantiser that is fitted on them: int64 (n, parts)."""
    return opq(vectors, parts, bits).codes(vectors)
