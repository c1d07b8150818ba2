"""k-means with a fixed seed: the same clusters for the same vectors."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array

from itemvec.core.arrays import Floats, Ints

ROWS = 1 << 14  # vectors compared with the centroids at a time
SAMPLE = 100  # training vectors for each centroid, at most
ROUNDS = 30  # at most; it ends sooner where nothing moves


def k_means(vectors: Floats, k: int, seed: int) -> Floats:
    """Centroids of at most ``k`` clusters (Lloyd, 1982), begun by k-means++ (Arthur and Vassilvitskii, 2007).

    Fitted on 100 vectors for each centroid, evenly spaced, where there are more.

    Parameters
    ----------
    vectors
        float32 of shape (n, dim), not empty.

    Returns
    -------
    float32 of shape (k, dim), or fewer rows where there are fewer different vectors.
    """
    sample = vectors[np.linspace(0, len(vectors) - 1, min(len(vectors), SAMPLE * k)).astype(np.int64)]
    centroids = _begin(sample, k, np.random.default_rng(seed))
    labels = nearest(sample, centroids)
    for _ in range(ROUNDS):
        counts = np.bincount(labels, minlength=len(centroids))
        chosen = csr_array((np.ones(len(sample), np.float32), (labels, np.arange(len(sample)))), dtype=np.float32)
        chosen.resize((len(centroids), len(sample)))
        filled = counts > 0  # an empty cluster stays where it is
        centroids[filled] = (chosen @ sample)[filled] / counts[filled, None]
        before, labels = labels, nearest(sample, centroids)
        if (labels == before).all():
            break
    return centroids


def nearest(vectors: Floats, centroids: Floats) -> Ints:
    """Row of the nearest centroid of each vector, int64 of shape (n,); of equally near ones the first."""
    half = np.square(centroids).sum(axis=1) / 2
    parts = [
        (vectors[start : start + ROWS] @ centroids.T - half).argmax(axis=1) for start in range(0, len(vectors), ROWS)
    ]
    return np.concatenate(parts).astype(np.int64) if parts else np.empty(0, dtype=np.int64)


def _begin(vectors: Floats, k: int, rng: np.random.Generator) -> Floats:
    """k-means++: each next centroid is a vector, drawn in proportion to its squared distance from those before."""
    found = [vectors[rng.integers(len(vectors))]]
    distance = np.square(vectors - found[0]).sum(axis=1, dtype=np.float64)
    while len(found) < k and distance.max() > 1e-12:
        drawn = rng.choice(len(vectors), p=distance / distance.sum())
        found.append(vectors[drawn])
        distance = np.minimum(distance, np.square(vectors - vectors[drawn]).sum(axis=1, dtype=np.float64))
    return np.stack(found).astype(np.float32)
