"""Codebooks of text vectors: the nearest of some codewords in each group of dimensions, by k-means."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from itemvec.core.arrays import Floats, Ints

ROWS = 1 << 16  # vectors that k-means sees, at most
ROUNDS = 25  # of k-means, at most


class Codebook(NamedTuple):
    """Codes of vectors, int64 of shape (n, groups), and codewords, float32 of shape (groups, n_codewords, width)."""

    codes: Ints
    codewords: Floats


def codebook(vectors: Floats, groups: int, codewords: int, seed: int) -> Codebook:
    """Quantise vectors, float32 of shape (n, dim), in ``groups`` groups of their principal axes.

    The axes are dealt out by falling variance, so that each group gets some; one group keeps the vectors as they are.
    Where ``codewords`` suffice for all distinct vectors of a group, each of these is a codeword, and nothing is lost.
    """
    parts = [vectors] if groups == 1 else _dealt(vectors, groups)
    found = [_cluster(part, codewords, seed + number) for number, part in enumerate(parts)]
    most = max(len(centres) for _, centres in found)
    padded = [np.pad(centres, ((0, most - len(centres)), (0, 0))) for _, centres in found]
    return Codebook(np.stack([codes for codes, _ in found], axis=1), np.stack(padded))


def _dealt(vectors: Floats, groups: int) -> list[Floats]:
    """Vectors in their principal axes, in parts of equal width: axis ``i`` goes to part ``i % groups``."""
    centred = vectors - vectors.mean(axis=0)
    axes = np.linalg.eigh(centred.T @ centred)[1][:, ::-1]
    turned = (vectors @ axes)[:, : vectors.shape[1] // groups * groups]
    return [np.ascontiguousarray(turned[:, part::groups], dtype=np.float32) for part in range(groups)]


def _cluster(vectors: Floats, codewords: int, seed: int) -> tuple[Ints, Floats]:
    """Code of each vector, int64, and the codewords."""
    distinct, codes = np.unique(vectors, axis=0, return_inverse=True)
    if len(distinct) <= codewords:
        return codes.reshape(-1).astype(np.int64), distinct
    from sklearn.cluster import KMeans

    sample = vectors[np.linspace(0, len(vectors) - 1, min(len(vectors), ROWS)).astype(np.int64)]
    fitted = KMeans(codewords, n_init=1, max_iter=ROUNDS, random_state=seed).fit(sample)
    return fitted.predict(vectors).astype(np.int64), fitted.cluster_centers_.astype(np.float32)
