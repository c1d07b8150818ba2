"""Exact top-k with one answer for ties."""

from typing import NamedTuple

import numpy as np

from itemvec.arrays import Floats, Ints

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
        float32 of shape (n_queries, n_items); minus infinity marks what must not be ranked.
    k
        Ranks to return; the tail is empty where there are fewer items.
    """
    n_queries, n_items = scores.shape
    positions = np.full((n_queries, k), NOTHING, dtype=np.int64)
    best = np.full((n_queries, k), -np.inf, dtype=np.float32)
    if n_items == 0 or n_queries == 0:
        return Top(positions, best)
    kept = min(k, n_items)
    # Everything above the k-th score, and of its equals as many as there is room for, in order of position.
    threshold = np.partition(scores, n_items - kept, axis=1)[:, n_items - kept, None]  # (n_queries, 1)
    above = scores > threshold
    room = kept - np.count_nonzero(above, axis=1)
    level = (scores == threshold) & (threshold > -np.inf)
    crowded = np.count_nonzero(level, axis=1) > room
    if crowded.any():
        level[crowded] &= np.cumsum(level[crowded], axis=1) <= room[crowded, None]
    rows, columns = np.nonzero(above | level)
    chosen = scores[rows, columns]
    order = np.lexsort((columns, -chosen, rows))
    rows, columns, chosen = rows[order], columns[order], chosen[order]
    ranks = np.arange(len(rows)) - np.searchsorted(rows, rows)
    positions[rows, ranks] = columns
    best[rows, ranks] = chosen
    return Top(positions, best)


def merge(left: Top, right: Top, k: int) -> Top:
    """The best ``k`` of two rankings of different items; ``left`` wins ties."""
    scores = np.concatenate([left.scores, right.scores], axis=1)
    positions = np.concatenate([left.positions, right.positions], axis=1)
    top = top_k(scores, k)
    found = np.take_along_axis(positions, np.maximum(top.positions, 0), axis=1)
    return Top(np.where(top.positions == NOTHING, NOTHING, found), top.scores)
