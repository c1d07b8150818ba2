"""Optimised product quantisation with faiss (Ge et al., "Optimized product quantization", 2013)."""

from __future__ import annotations

from typing import Any

import numpy as np

from itemvec.core.arrays import Floats, Ints
from itemvec.core.errors import ParamsError

ROWS = 1 << 16  # vectors encoded at a time; also the most training vectors
ROUNDS = 10  # of optimising centroids and rotation in turn


def opq_codes(vectors: Floats, parts: int, bits: int) -> Ints:
    """The nearest of 2 ** bits centroids in each of ``parts`` parts of the rotated vectors.

    Parameters
    ----------
    vectors
        float32 of shape (n, dim).
    bits
        Per part, 1 to 8; fewer where there are fewer vectors than centroids.

    Returns
    -------
    int64 of shape (n, parts), from 0 to 2 ** bits - 1. Equal vectors give equal codes: faiss has a fixed seed.
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
    blocks = [
        faiss.unpack_bitstrings(quantizer.compute_codes(vectors[start : start + ROWS] @ rotation), parts, bits)
        for start in range(0, n, ROWS)
    ]
    return np.concatenate(blocks).astype(np.int64)
