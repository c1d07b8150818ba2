"""Semantic ids: codes of residual k-means, and a last one that tells duplicates apart."""

from __future__ import annotations

import numpy as np

from itemvec.core.arrays import Floats, Ints
from itemvec.protocol.k_means import k_means, nearest


def residual_codes(vectors: Floats, levels: int, size: int, seed: int) -> Ints:
    """Codes of items by residual k-means (RQ-k-means, as in OneRec, arXiv 2502.18965, and GRID).

    Each level clusters what the levels before left over. Where items have the same codes, one more code counts them in
    the order of the catalogue, as TIGER does (arXiv 2305.05065), so that no two items have the same id.

    Parameters
    ----------
    vectors
        Item vectors, float32 of shape (n, dim); their mean is subtracted first.
    size
        Codes of a level, at most.

    Returns
    -------
    int64 of shape (n, levels), or (n, levels + 1) where there are duplicates.
    """
    rest = vectors - vectors.mean(axis=0, dtype=np.float64).astype(np.float32)
    codes = []
    for level in range(levels):
        centroids = k_means(rest, size, seed + level)
        codes.append(nearest(rest, centroids))
        rest = rest - centroids[codes[-1]]
    found = np.stack(codes, axis=1)
    places = _places(found)
    return np.column_stack([found, places]) if places.any() else found


def _places(codes: Ints) -> Ints:
    """How many rows before have the same codes, int64 of shape (n,)."""
    _, same = np.unique(codes, axis=0, return_inverse=True)
    same = same.reshape(-1)
    order = np.argsort(same, kind="stable")
    first = np.searchsorted(same[order], same[order])
    places = np.empty(len(codes), dtype=np.int64)
    places[order] = np.arange(len(codes)) - first
    return places


def codes_of_a_level(n_items: int) -> int:
    """Codes of a level by the size of the catalogue: the power of two from twice its cube root on, 8 to 256."""
    return int(min(256, max(8, 1 << int(np.ceil(np.log2(2 * np.cbrt(max(n_items, 1))))))))
