"""Exact top-k with one answer for ties."""

from typing import NamedTuple

import numpy as np

from itemvec.arrays import Floats, Ints

NOTHING = -1  # position of a rank that holds no item
ROOM = 2  # times k: what is gathered of each query before the best k of it are kept


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
    return _sorted(_best(scores, k))


def merge(left: Top, right: Top, k: int) -> Top:
    """The best ``k`` of two rankings of different items; ``left`` wins ties."""
    scores = np.concatenate([left.scores, right.scores], axis=1)
    positions = np.concatenate([left.positions, right.positions], axis=1)
    return _taken(positions, top_k(scores, k))


class Running:
    """The best ``k`` items of each query, while items come by in order of position.

    An item enters only above the query's ``threshold``, the k-th best score so far: after the first thousands of items
    hardly one does, so whoever has a block of scores needs to compare it once, and to hand over what is left.
    """

    def __init__(self, n_queries: int, k: int) -> None:
        self._k = k
        self._found = _empty(n_queries, ROOM * k)  # those of a query lie side by side, in order of position
        self._count = np.zeros(n_queries, dtype=np.int64)
        self.threshold = np.full(n_queries, -np.inf, dtype=np.float32)

    def add(self, scores: Floats, start: int) -> None:
        """Take scores of shape (n_queries, n_items), of the items from position ``start``."""
        flat = np.flatnonzero(scores > self.threshold[:, None])
        rows, columns = np.divmod(flat, max(scores.shape[1], 1))
        self.offer(rows, columns + start, scores.reshape(-1)[flat])

    def offer(self, rows: Ints, positions: Ints, scores: Floats) -> None:
        """Take single items: row of the query, ascending, and of a query ascending positions beyond all before."""
        counts = np.bincount(rows, minlength=len(self._count))
        if (self._count + counts).max(initial=0) > self._found.scores.shape[1]:
            self._keep_best()
        crowded = int((self._count + counts).max(initial=0))
        if crowded > self._found.scores.shape[1]:  # at the start, or where each block is better than all before
            self._found = _widened(self._found, crowded)
        slots = (self._count + counts - np.cumsum(counts))[rows] + np.arange(len(rows))
        self._found.positions[rows, slots] = positions
        self._found.scores[rows, slots] = scores
        self._count += counts
        if crowded > ROOM * self._k or ((self._count >= self._k) & np.isneginf(self.threshold)).any():
            self._keep_best()

    def top(self) -> Top:
        """The best so far, best first; equal scores in order of position."""
        self._keep_best()
        return _sorted(Top(self._found.positions[:, : self._k], self._found.scores[:, : self._k]))

    def _keep_best(self) -> None:
        used = int(self._count.max(initial=0))
        best = _taken(self._found.positions[:, :used], _best(self._found.scores[:, :used], self._k))
        self._found = _widened(best, ROOM * self._k)
        self._count = np.count_nonzero(best.positions != NOTHING, axis=1)
        self.threshold = np.where(self._count == self._k, best.scores.min(axis=1, initial=np.inf), -np.inf)


def _best(scores: Floats, k: int) -> Top:
    """The ``k`` highest scores of each row in order of position, and of equals those that come first."""
    n_queries, n_items = scores.shape
    found = _empty(n_queries, k)
    kept = min(k, n_items)
    if kept == 0 or n_queries == 0:
        return found
    if kept == n_items:
        chosen = scores > -np.inf
    else:
        # Everything above the k-th score, and of its equals as many as there is room for.
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


def _taken(positions: Ints, top: Top) -> Top:
    """The same ranking, with positions for the columns that it was made from."""
    if positions.shape[1] == 0:
        return top
    found = np.take_along_axis(positions, np.maximum(top.positions, 0), axis=1)
    return Top(np.where(top.positions == NOTHING, NOTHING, found), top.scores)


def _empty(n_queries: int, width: int) -> Top:
    positions = np.full((n_queries, width), NOTHING, dtype=np.int64)
    return Top(positions, np.full((n_queries, width), -np.inf, dtype=np.float32))


def _widened(top: Top, width: int) -> Top:
    wider = _empty(len(top.scores), width)
    wider.positions[:, : top.scores.shape[1]] = top.positions
    wider.scores[:, : top.scores.shape[1]] = top.scores
    return wider
