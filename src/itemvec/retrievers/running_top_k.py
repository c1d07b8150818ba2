"""Running top-k: the exact best k items of each query, over items that arrive block by block."""

from __future__ import annotations

import numpy as np

from itemvec.core.arrays import Floats, Ints
from itemvec.core.top_k import NOTHING, Ties, Top

ROOM = 2  # times k: what is gathered of each query before the best k of it are kept
LOW = np.int64(2**32 - 1)
EMPTY = np.iinfo(np.int64).min


class Running:
    """The best ``k`` items of each query so far.

    An item enters only above the query's ``threshold``, the k-th best score so far, or with ``ties``, in which a later
    item may come before an equal one, the next number below: after the first thousands of items
    hardly one does, so whoever has a block of scores needs to compare it once, and to hand over what is left.

    An item is kept as one number of 64 bits, its score above its place in ``ties`` counted down, so that the best are
    the largest, and of equal scores the first. Without ``ties`` its position is its place; items must then come by in
    order of position, or at least those with equal scores.
    """

    def __init__(self, n_queries: int, k: int, ties: Ties | None = None) -> None:
        self._k, self._ties = k, ties
        self._keys = np.full((n_queries, ROOM * k), EMPTY)
        self._count = np.zeros(n_queries, dtype=np.int64)
        self._least = np.full(n_queries, EMPTY)  # key of the k-th best
        self.threshold = np.full(n_queries, -np.inf, dtype=np.float32)

    def offer(self, rows: Ints, positions: Ints, scores: Floats) -> None:
        """Offer items: row of the query, ascending; position, below 2 ** 32; and score."""
        keys = _joined(positions if self._ties is None else self._ties.places(rows, positions), scores)
        fits = keys > self._least[rows]  # of equal scores, few come before those that are kept
        rows, keys = rows[fits], keys[fits]
        counts = np.bincount(rows, minlength=len(self._count))
        if (self._count + counts).max(initial=0) > self._keys.shape[1]:
            self._keep_best()
        crowded = int((self._count + counts).max(initial=0))
        if crowded > self._keys.shape[1]:  # at the start, or where each block is better than all before
            self._keys = np.pad(self._keys, [(0, 0), (0, crowded - self._keys.shape[1])], constant_values=EMPTY)
        width = self._keys.shape[1]
        free = np.arange(0, len(counts) * width, width) + self._count  # place of the next item of each query
        places = np.repeat(free - np.cumsum(counts) + counts, counts) + np.arange(len(rows))
        self._keys.reshape(-1)[places] = keys
        self._count += counts
        if crowded > ROOM * self._k or ((self._count >= self._k) & np.isneginf(self.threshold)).any():
            self._keep_best()

    def top(self) -> Top:
        """The best so far, best first; equal scores in the order of ``ties``, or else of position."""
        self._keep_best()
        places, scores = _taken_apart(np.sort(self._keys[:, : self._k], axis=1)[:, ::-1])
        if self._ties is None:
            return Top(places, scores)
        rows, ranks = np.nonzero(places != NOTHING)
        places[rows, ranks] = self._ties.positions(rows, places[rows, ranks])
        return Top(places, scores)

    def _keep_best(self) -> None:
        if not self._k:
            return
        best = np.partition(self._keys, -self._k, axis=1)[:, -self._k :]
        self._least = best[:, 0].copy()
        least = _taken_apart(best[:, :1]).scores[:, 0]
        few = self._count < self._k  # whose free places must come last, to be filled next
        best[few] = np.sort(best[few], axis=1)[:, ::-1]
        self._keys = np.full((len(best), ROOM * self._k), EMPTY)
        self._keys[:, : self._k] = best
        self._count = np.minimum(self._count, self._k)
        self.threshold = least if self._ties is None else np.nextafter(least, np.float32(-np.inf))


def _joined(positions: Ints, scores: Floats) -> Ints:
    bits = (scores + np.float32(0)).view(np.int32)  # -0.0 becomes 0.0
    ordered = bits ^ ((bits >> 31) & 0x7FFFFFFF)  # as whole numbers in the order of the floats
    return (ordered.astype(np.int64) << 32) | (LOW - positions)


def _taken_apart(keys: Ints) -> Top:
    ordered = (keys >> 32).astype(np.int32)
    scores = (ordered ^ ((ordered >> 31) & 0x7FFFFFFF)).view(np.float32)
    nothing = keys == EMPTY
    return Top(np.where(nothing, NOTHING, LOW - (keys & LOW)), np.where(nothing, np.float32(-np.inf), scores))
