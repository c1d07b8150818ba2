"""Rankings of several objectives merged into one, by the highest averages (D'Hondt, 1882).

The next rank goes to the objective whose weight, divided by its ranks so far and one, is highest. So of the first k
ranks an objective has about its weight times k, for every k at once, and these quotas sum to k.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from itemvec.core.arrays import Doubles, Floats, Ints

RANKS = 200  # that are shared; behind them an item stands by its best rank


def quotas(weights: Doubles, k: int) -> Ints:
    """How many of ``k`` ranks each objective has, int64 of the shape of ``weights``, (n_users, n_objectives)."""
    had = np.zeros(weights.shape, dtype=np.int64)
    rows = np.arange(len(weights))
    for _ in range(k):
        had[rows, next_of(weights, had)] += 1
    return had


def next_of(weights: Doubles, had: Ints) -> Ints:
    """The objective that has the next rank of each user; of equals the first."""
    chosen: Ints = np.argmax(weights / (had + 1), axis=1)
    return chosen


def shared(scores: Floats, weights: Doubles, known: NDArray[np.bool_], ranks: int = RANKS) -> Floats:
    """One score for each item, higher for a better rank.

    An objective gives its best item that has no rank yet. Items that a user has already keep their place between the
    others and use up no quota, since they may be masked.

    Parameters
    ----------
    scores
        Of each objective, float32 of shape (n_objectives, n_users, n_items).
    weights
        float64 of shape (n_users, n_objectives).
    known
        What each user has already, bool of shape (n_users, n_items).
    ranks
        How many are shared.

    Returns
    -------
    float32 of shape (n_users, n_items).
    """
    n_objectives, n_users, n_items = scores.shape
    if not n_users:
        return np.empty((0, n_items), dtype=np.float32)
    orders = np.argsort(-scores, axis=2, kind="stable")
    best = np.full((n_users, n_items), n_items, dtype=np.int64)
    for order in orders:
        at = np.empty_like(order)
        np.put_along_axis(at, order, np.broadcast_to(np.arange(n_items), order.shape), axis=1)
        np.minimum(best, at, out=best)
    merged: Floats = -(n_items + best).astype(np.float32)
    users, had = np.arange(n_users), np.zeros((n_users, n_objectives), dtype=np.int64)
    places = np.zeros((n_objectives, n_users), dtype=np.int64)  # of the next item of each objective
    placed = np.zeros((n_users, n_items), dtype=bool)
    for rank in range(min(n_items, ranks + int(known.sum(axis=1).max()))):
        turn = next_of(weights, had)
        item = orders[turn, users, places[turn, users]]
        while (again := placed[users, item]).any():
            places[turn[again], users[again]] += 1
            item = orders[turn, users, places[turn, users]]
        placed[users, item] = True
        merged[users, item] = -rank
        had[users, turn] += ~known[users, item]
        if (had.sum(axis=1) >= ranks).all():
            break
    return merged
