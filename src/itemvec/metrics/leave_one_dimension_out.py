"""What each dimension does to a ranking: nDCG without it, for all dimensions, exactly."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from itemvec.core.arrays import Doubles, Floats, Ints
from itemvec.core.top_k import Ties, top_k

DEPTH = 100  # candidates of a query to begin with
NUMBERS = 1 << 24  # held at a time: 64 MB
SLACK = 1e-6  # by which float32 sums may be wrong

Similarity = Literal["cosine", "dot"]


class Judged(Protocol):
    """Relevant items of many queries, laid end to end, as ``metrics.Judgments`` holds them."""

    @property
    def items(self) -> Ints:
        """Positions in the catalogue, ascending within a query."""
        ...

    @property
    def gains(self) -> Doubles:
        """Beside the items, above zero."""
        ...

    @property
    def offsets(self) -> Ints:
        """Query ``i`` has the items from ``offsets[i]`` to ``offsets[i + 1]``; at least one."""
        ...


@dataclass(frozen=True)
class Attribution:
    """nDCG@k of every query with all dimensions, and without each of them.

    full
        float64 of shape (n_queries,).
    without
        float64 of shape (n_queries, dim).
    widened
        Queries for which the first candidates did not suffice.
    """

    full: Doubles
    without: Doubles
    widened: int


def attribute(
    queries: Floats,
    items: Floats,
    judged: Judged,
    k: int = 10,
    similarity: Similarity = "cosine",
    ties: Ties | None = None,
    hidden: Ints | None = None,
) -> Attribution:
    """Leave out one dimension at a time, without ranking the catalogue anew for each.

    Without dimension j the product of a query and an item is ``q @ i - q[j] * i[j]``, and the squared length of the
    item loses ``i[j] ** 2``; the length of the query orders nothing. So the candidates of the full ranking are scored
    anew for all j at once. That the first k without j are among them is proved by the score that an item outside them
    could reach at most; where the proof fails, the query gets twice as many candidates, up to the whole catalogue.

    Parameters
    ----------
    queries, items
        float32 of shapes (n_queries, dim) and (n_items, dim).
    judged
        Of the same queries in the same order.
    ties
        The order of equal scores; by default that of position.
    hidden
        Position of an item that is not ranked for a query, int64 of shape (n_queries,); -1 where there is none.
    """
    queries, items = (_scaled(vectors, similarity) for vectors in (queries, items))
    reach = np.abs(items)
    if similarity == "cosine":  # what is wholly in one dimension scores zero without it
        reach[1 - np.square(reach) <= SLACK] = 0
    reach = reach.max(axis=0)  # (dim,)
    without = np.empty(queries.shape)
    waiting, depth, widened = np.arange(len(queries)), min(DEPTH, len(items)), 0
    while len(waiting):
        failed = [np.empty(0, dtype=np.int64)]
        for rows in _batches(waiting, max(depth * items.shape[1], len(items))):
            found, proved = _without_each(queries[rows], items, rows, judged, k, depth, reach, similarity, ties, hidden)
            without[rows] = found
            failed.append(rows[~proved])
        waiting = np.concatenate(failed)
        widened = widened or len(waiting)
        depth = min(2 * depth, len(items))
    return Attribution(ndcg(queries, items, judged, k, "dot", ties, hidden), without, widened)


def ndcg(
    queries: Floats,
    items: Floats,
    judged: Judged,
    k: int = 10,
    similarity: Similarity = "cosine",
    ties: Ties | None = None,
    hidden: Ints | None = None,
) -> Doubles:
    """nDCG@k of every query over all items, float64 of shape (n_queries,); gains are linear, as in trec_eval."""
    queries, items = (_scaled(vectors, similarity) for vectors in (queries, items))
    found = np.empty(len(queries))
    for rows in _batches(np.arange(len(queries)), len(items)):
        positions = top_k(_shown(queries[rows] @ items.T, rows, hidden), k, ties and ties.part(rows)).positions
        found[rows] = _gains(positions, rows, judged, len(items)) @ _discount(k) / _ideal(rows, judged, k)
    return found


def _without_each(
    queries: Floats,
    items: Floats,
    rows: Ints,
    judged: Judged,
    k: int,
    depth: int,
    reach: Floats,
    similarity: Similarity,
    ties: Ties | None,
    hidden: Ints | None,
) -> tuple[Doubles, NDArray[np.bool_]]:
    """Without each dimension, (n, dim), and the queries for which that is proved to be right, bool (n,)."""
    n, dim = queries.shape
    scores = _shown(queries @ items.T, rows, hidden)  # (n, n_items)
    candidates = top_k(scores, depth, ties and ties.part(rows)).positions  # (n, depth)
    tied = candidates if ties is None else ties.places(rows[:, None], candidates)
    candidates = np.take_along_axis(candidates, np.argsort(tied, axis=1), axis=1)  # the order of equal scores
    ranked = candidates >= 0  # the last place is empty where an item is hidden and all others are candidates
    full = np.where(ranked, np.take_along_axis(scores, candidates, axis=1), np.float32(-np.inf))
    values = items[candidates].transpose(0, 2, 1)  # (n, dim, depth)
    changed = _rescored(full[:, None, :] - queries[:, :, None] * values, values, similarity)
    changed = np.where(ranked[:, None, :], changed, np.float32(-np.inf))
    top = top_k(changed.reshape(n * dim, depth), k)
    gains = np.append(_gains(candidates, rows, judged, len(items)), np.zeros((n, 1)), axis=1)  # rank -1 has no item
    gained = gains[np.repeat(np.arange(n), dim)[:, None], top.positions]  # (n * dim, k)
    found = (gained @ _discount(k)).reshape(n, dim) / _ideal(rows, judged, k)[:, None]
    if depth == len(items):
        return found, np.ones(n, dtype=bool)
    outside = full.min(axis=1)[:, None] + np.abs(queries) * reach  # (n, dim): no item outside exceeds this
    limit = _rescored(outside, np.where(outside > 0, reach, 0), similarity)
    limit = np.maximum(limit, 0) if similarity == "cosine" else limit
    inside = top.scores[:, -1].reshape(n, dim) > limit + SLACK
    return found, np.asarray(inside.all(axis=1))


def _shown(scores: Floats, rows: Ints, hidden: Ints | None) -> Floats:
    """Scores with minus infinity for the item that is hidden from each query."""
    if hidden is not None:
        some = np.flatnonzero(hidden[rows] >= 0)
        scores[some, hidden[rows][some]] = -np.inf
    return scores


def _rescored(products: Floats, left_out: Floats, similarity: Similarity) -> Floats:
    """Products of the rest over its length; an item of unit length that was all in the one dimension scores zero."""
    if similarity == "dot":
        return products
    rest = 1 - np.square(left_out)
    return np.asarray(np.where(rest > SLACK, products / np.sqrt(np.maximum(rest, SLACK)), 0), dtype=np.float32)


def _scaled(vectors: Floats, similarity: Similarity) -> Floats:
    if similarity == "dot":
        return vectors
    scaled: Floats = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
    return scaled


def _batches(rows: Ints, numbers: int) -> Iterator[Ints]:
    size = max(1, NUMBERS // max(numbers, 1))
    return (rows[start : start + size] for start in range(0, len(rows), size))


def _discount(k: int) -> Doubles:
    discount: Doubles = 1 / np.log2(np.arange(2, k + 2))
    return discount


def _rows_of(rows: Ints, judged: Judged) -> tuple[Ints, Ints]:
    """Of the judgments of some queries: which of these queries, and where in the whole."""
    lengths = np.diff(judged.offsets)[rows]
    number = np.repeat(np.arange(len(rows)), lengths)
    inside = np.arange(len(number)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    return number, judged.offsets[rows][number] + inside


def _gains(positions: Ints, rows: Ints, judged: Judged, n_items: int) -> Doubles:
    """Gains of ranked items, float64 of the shape of ``positions``; zero where these are negative."""
    number, where = _rows_of(rows, judged)
    known = number * n_items + judged.items[where]  # ascending, since items ascend within a query
    asked = np.arange(len(rows))[:, None] * n_items + positions
    place = np.minimum(np.searchsorted(known, asked), len(known) - 1)
    return np.where((known[place] == asked) & (positions >= 0), judged.gains[where][place], 0.0)


def _ideal(rows: Ints, judged: Judged, k: int) -> Doubles:
    """Discounted gain of the best ranking there could be, float64 of shape (n,)."""
    number, where = _rows_of(rows, judged)
    order = np.lexsort((-judged.gains[where], number))
    rank = np.arange(len(number)) - np.searchsorted(number, number)
    best = np.where(rank < k, judged.gains[where][order] * _discount(k)[np.minimum(rank, k - 1)], 0.0)
    return np.asarray(np.bincount(number, best, minlength=len(rows)), dtype=np.float64)
