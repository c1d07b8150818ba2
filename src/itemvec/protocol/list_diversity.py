"""Metrics of whole lists: coverage of the catalogue, diversity, and distance from the tastes of the user.

- coverage@10 is the share of the catalogue that is among the first 10 of at least one user.
- intra_list_diversity@10 is 1 less the mean cosine of the item vectors of all pairs in a user's first 10.
- taste_distance@10 is the total variation distance, 0 to 1, between the shares of the clusters of taste in a user's
  first 10 and in the history. It follows the taste distribution distance of AMP-CF (arXiv 2010.07042), with clusters
  of item vectors (20 of k-means, fixed seed) for tastes, so that systems without personas have it too.

They say nothing of whether the user took an item. The last two need item vectors and are not given without; users with
fewer than two items in the list, or without a history, are left out of them.
"""

from __future__ import annotations

import numpy as np

from itemvec.core.arrays import Doubles, Floats, Ints
from itemvec.core.top_k import NOTHING
from itemvec.protocol.histories import Histories
from itemvec.protocol.k_means import ROWS, SAMPLE, k_means, nearest

K = 10  # ranks that are looked at
TASTES = 20  # clusters of item vectors
SEED = 0
USERS = 1024  # looked at at a time


def list_diversity(rankings: list[Ints], histories: Histories, vectors: Floats | None) -> dict[str, float]:
    """Mean over users and seeds of each metric.

    Parameters
    ----------
    rankings
        One for each seed: positions of the ranked items, int64 of shape (n_users, depth).
    histories
        What is shown of the users.
    vectors
        Item vectors, float32 of shape (n_items, dim), or None.
    """
    lists = [one[:, :K] for one in rankings]
    found = {f"coverage@{K}": float(np.mean([coverage(one, histories.n_items) for one in lists]))}
    if vectors is None:
        return found
    tastes = clusters_of_taste(vectors)
    values = {
        f"intra_list_diversity@{K}": np.concatenate([intra_list_diversity(one, vectors) for one in lists]),
        f"taste_distance@{K}": np.concatenate([taste_distance(one, histories, tastes) for one in lists]),
    }
    return found | {name: float(np.nanmean(some)) for name, some in values.items() if not np.isnan(some).all()}


def coverage(positions: Ints, n_items: int) -> float:
    """Share of the catalogue in the lists, int64 (n_users, k) with ``NOTHING`` where there is no item."""
    return len(np.unique(positions[positions != NOTHING])) / n_items


def clusters_of_taste(vectors: Floats) -> Ints:
    """Cluster of each item, int64 of shape (n_items,), by k-means of unit vectors; no copy of all is made."""
    sample = vectors[np.linspace(0, len(vectors) - 1, min(len(vectors), SAMPLE * TASTES)).astype(np.int64)]
    centroids = k_means(_units(sample), TASTES, SEED)
    starts = range(0, len(vectors), ROWS)
    return np.concatenate([nearest(_units(vectors[start : start + ROWS]), centroids) for start in starts])


def intra_list_diversity(positions: Ints, vectors: Floats) -> Doubles:
    """1 less the mean cosine of all pairs of a list, float64 of shape (n_users,); not a number below two items."""
    parts = []
    for start in range(0, len(positions), USERS):
        some = positions[start : start + USERS]
        filled = some != NOTHING
        chosen = np.where(filled[..., None], _units(vectors[some]), 0)  # (n, k, dim)
        m = filled.sum(axis=1)
        squares = np.square(chosen).sum(axis=(1, 2), dtype=np.float64)  # of a vector with itself
        pairs = np.square(chosen.sum(axis=1)).sum(axis=1, dtype=np.float64) - squares  # each twice
        parts.append(1 - pairs / np.where(m > 1, m * (m - 1), np.nan))
    return np.concatenate(parts) if parts else np.empty(0)


def taste_distance(positions: Ints, histories: Histories, tastes: Ints) -> Doubles:
    """Half the sum of the differences between shares of tastes in list and history, float64 of shape (n_users,).

    tastes
        Cluster of each item, int64 of shape (n_items,).
    """
    n, n_tastes = len(positions), int(tastes.max(initial=0)) + 1
    rows, ranks = np.nonzero(positions != NOTHING)
    listed = _shares(rows, tastes[positions[rows, ranks]], n, n_tastes)
    return np.asarray(np.abs(listed - _shares(histories.rows, tastes[histories.items], n, n_tastes)).sum(axis=1) / 2)


def _shares(rows: Ints, tastes: Ints, n: int, n_tastes: int) -> Doubles:
    """Share of each taste in each row, float64 of shape (n, n_tastes); not a number in an empty row."""
    counts = np.bincount(rows * n_tastes + tastes, minlength=n * n_tastes).reshape(n, n_tastes)
    total = counts.sum(axis=1, keepdims=True)
    return np.asarray(counts / np.where(total > 0, total, np.nan))


def _units(vectors: Floats) -> Floats:
    """Vectors scaled to unit length; zeros stay."""
    scaled: Floats = vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-12)
    return scaled
