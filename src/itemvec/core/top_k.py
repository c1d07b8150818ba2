"""Exact top-k, with ties broken by position."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from itemvec.core.arrays import Floats, Ids, Ints

NOTHING = -1  # position of a rank that holds no item
GROUPS = 4  # times k: of so many groups of scores the largest is looked at first


class Top(NamedTuple):
    """The best items of each query: positions int64 and scores float32, both of shape (n_queries, k).

    Where a query has fewer than ``k`` items to rank, the tail holds ``NOTHING`` and minus infinity.
    """

    positions: Ints
    scores: Floats


class TieOrder:
    """The order in which items with equal scores are ranked: by hashes of ids, the same for all systems.

    An order by id or by position would favour items by how they are named, and a system that knows nothing could seem
    perfect. So items are ordered by a hash of their ids, and that circle of items is begun, for each query, at a place
    that a hash of its id names: equal scores are ranked at random, each time in the same way.

    Parameters
    ----------
    items
        Ids of the catalogue, Arrow strings of shape (n_items,).
    """

    def __init__(self, items: Ids) -> None:
        self.positions: Ints = np.argsort(_hashes(items), kind="stable")  # of the item at each place
        self.n_items = len(items)

    @cached_property
    def places(self) -> Ints:
        """Place of each item, int64 of shape (n_items,)."""
        places = np.empty(self.n_items, dtype=np.int64)
        places[self.positions] = np.arange(self.n_items)
        return places

    def of(self, queries: Ids) -> Ties:
        """The order of each query, by their ids, Arrow strings."""
        return Ties(self, (_hashes(queries) % np.uint64(max(self.n_items, 1))).astype(np.int64))


@dataclass(frozen=True)
class Ties:
    """Which of equal scores comes first.

    order
        Of the items.
    turns
        How far that order is turned for each query, int64 of shape (n_queries,).
    """

    order: TieOrder
    turns: Ints

    def part(self, rows: slice | Ints) -> Ties:
        """Those of some queries."""
        return Ties(self.order, self.turns[rows])

    def places(self, rows: Ints, positions: Ints) -> Ints:
        """Place of items in the order of the queries ``rows``, int64; the lowest comes first."""
        return (self.order.places[positions] + self.turns[rows]) % max(self.order.n_items, 1)

    def positions(self, rows: Ints, places: Ints) -> Ints:
        """The items at places of the order of the queries ``rows``, int64."""
        positions: Ints = self.order.positions[(places - self.turns[rows]) % max(self.order.n_items, 1)]
        return positions


def top_k(scores: Floats, k: int, ties: Ties | None = None) -> Top:
    """The ``k`` highest scores of each row, best first; equal scores in the order of ``ties``, or else of position.

    Parameters
    ----------
    scores
        float32 of shape (n_queries, n_items); items with minus infinity are not ranked.
    k
        Ranks to return; the tail is empty where there are fewer items.
    """
    columns, scores = _promising(scores, k)
    n_queries, n_items = scores.shape
    found = _empty(n_queries, k)
    kept = min(k, n_items)
    if kept == 0 or n_queries == 0:
        return found
    chosen = scores > -np.inf
    if kept < n_items:  # everything from the k-th score on, and of its equals as many as there is room for
        threshold = np.partition(scores, n_items - kept, axis=1)[:, n_items - kept, None]  # (n_queries, 1)
        chosen &= scores >= threshold
        crowded = np.flatnonzero(np.count_nonzero(chosen, axis=1) > kept)
        if len(crowded):
            some = None if columns is None else columns[crowded]
            chosen[crowded] = _first(scores[crowded], threshold[crowded], chosen[crowded], some, crowded, kept, ties)
    rows, slots = np.divmod(np.flatnonzero(chosen), n_items)
    best, items = scores[rows, slots], slots if columns is None else columns[rows, slots]
    places = items if ties is None else ties.places(rows, items)
    order = np.lexsort((places, -best, rows))
    rows = rows[order]
    ranks = np.arange(len(rows)) - np.searchsorted(rows, np.arange(n_queries))[rows]
    found.positions[rows, ranks] = items[order]
    found.scores[rows, ranks] = best[order]
    return found


def _promising(scores: Floats, k: int) -> tuple[Ints | None, Floats]:
    """Fewer scores among which the ``k`` best of each row are, and their columns, ascending; None for all columns.

    Of the largest of each group of columns, ``k`` reach the k-th; so do as many scores of the row, and no other counts.
    """
    n_queries, n_items = scores.shape
    size = n_items // (GROUPS * k) if k else 0
    if size < 2 or not n_queries:
        return None, scores
    n_groups = n_items // size
    whole = scores[:, : n_groups * size].reshape(n_queries, size, n_groups)  # a group: columns n_groups apart
    largest = np.maximum.reduce(whole, axis=1)
    least = np.partition(largest, n_groups - k, axis=1)[:, n_groups - k, None]
    rows, columns = np.divmod(np.flatnonzero(scores >= least), n_items)
    counts = np.bincount(rows, minlength=n_queries)
    width = int(counts.max())
    if width > n_items // 4:  # many are equal
        return None, scores
    slots = np.arange(len(rows)) - np.repeat(np.cumsum(counts) - counts, counts)
    some, places = (
        np.full((n_queries, width), -np.inf, dtype=scores.dtype),
        np.zeros((n_queries, width), dtype=np.int64),
    )
    some[rows, slots], places[rows, slots] = scores[rows, columns], columns
    return places, some


def _first(
    scores: Floats,
    threshold: Floats,
    chosen: NDArray[np.bool_],
    items: Ints | None,
    queries: Ints,
    kept: int,
    ties: Ties | None,
) -> NDArray[np.bool_]:
    """Of what is ``chosen``, all above the threshold and the first of its equals, ``kept`` in each row.

    ``items`` are the columns that the scores are of, where they are not all.
    """
    above = scores > threshold
    rows, columns = np.nonzero(chosen & ~above)
    whose = columns if items is None else items[rows, columns]
    places = whose if ties is None else ties.places(queries[rows], whose)
    order = np.lexsort((places, rows))
    rows, columns = rows[order], columns[order]
    rank = np.arange(len(rows)) - np.searchsorted(rows, np.arange(len(scores)))[rows]
    fits = rank < (kept - np.count_nonzero(above, axis=1))[rows]
    above[rows[fits], columns[fits]] = True
    return above


def _hashes(ids: Ids) -> NDArray[np.uint64]:
    from pandas.util import hash_array

    return hash_array(np.asarray(ids.to_numpy(zero_copy_only=False), dtype=object))


def _empty(n_queries: int, width: int) -> Top:
    positions = np.full((n_queries, width), NOTHING, dtype=np.int64)
    return Top(positions, np.full((n_queries, width), -np.inf, dtype=np.float32))
