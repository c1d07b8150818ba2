"""Exact top-k, with ties broken by position."""

from typing import NamedTuple

import numpy as np

from itemvec.core.arrays import Floats, Ints

NOTHING = -1  # position of a rank that holds no item


class Top(NamedTuple):
    """The best items of each query: positions int64 and scores float32, both of shape (n_queries, k).

    Where a query has fewer than ``k`` items to rank, the tail holds ``NOTHING`` and minus infinity.
    """

    positions: Ints
    scores: Floats


def top_k(scores: Floats, k: int) -> Top:
    """The ``k`` highest scores of each row, best first; equal scores in order of position.

    Parameters
    ----------
    scores
        float32 of shape (n_queries, n_items); items with minus infinity are not ranked.
    k
        Ranks to return; the tail is empty where there are fewer items.
    """
    return _sorted(_best(scores, k))


def _best(scores: Floats, k: int) -> Top:
    """The ``k`` highest scores of each row, in order of position; among equal scores, the first positions."""
    n_queries, n_items = scores.shape
    found = _empty(n_queries, k)
    kept = min(k, n_items)
    if kept == 0 or n_queries == 0:
        return found
    if kept == n_items:
        chosen = scores > -np.inf
    else:
        # Everything above the k-th score, and as many scores equal to it as fit.
        threshold = np.partition(scores, n_items - kept, axis=1)[:, n_items - kept, None]  # (n_queries, 1)
        chosen = scores >= threshold
        crowded = np.flatnonzero(np.count_nonzero(chosen, axis=1) > kept)
        if len(crowded):
            above = scores[crowded] > threshold[crowded]
            level = chosen[crowded] & ~above
            room = kept - np.count_nonzero(above, axis=1)
            chosen[crowded] = above | (level & (np.cumsum(level, axis=1) <= room[:, None]))
        if np.isneginf(threshold).any():
            chosen &= scores > -np.inf
    flat = np.flatnonzero(chosen)
    rows, columns = np.divmod(flat, n_items)
    slots = np.arange(len(rows)) - np.searchsorted(rows, np.arange(n_queries))[rows]
    found.positions[rows, slots] = columns
    found.scores[rows, slots] = scores[rows, columns]
    return found


def _sorted(top: Top) -> Top:
    order = np.argsort(-top.scores, axis=1, kind="stable")
    return Top(np.take_along_axis(top.positions, order, axis=1), np.take_along_axis(top.scores, order, axis=1))


def _empty(n_queries: int, width: int) -> Top:
    positions = np.full((n_queries, width), NOTHING, dtype=np.int64)
    return Top(positions, np.full((n_queries, width), -np.inf, dtype=np.float32))
