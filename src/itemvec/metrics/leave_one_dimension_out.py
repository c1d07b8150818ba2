"""What each dimension does to a ranking: nDCG without it, for all dimensions, exactly."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from itemvec.core.arrays import Doubles, Floats, Ints
from itemvec.core.top_k import Ties, top_k
from itemvec.metrics.exact_ndcg import (
    Judged,
    Similarity,
    batches,
    discount,
    gains_of,
    ideal,
    ndcg,
    scaled,
    without_hidden,
)

DEPTH = 100  # candidates of a query to begin with
SLACK = 1e-6  # by which float32 sums may be wrong


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
    queries, items = (scaled(vectors, similarity) for vectors in (queries, items))
    reach = np.abs(items)
    if similarity == "cosine":  # what is wholly in one dimension scores zero without it
        reach[1 - np.square(reach) <= SLACK] = 0
    reach = reach.max(axis=0)  # (dim,)
    without = np.empty(queries.shape)
    waiting, depth, widened = np.arange(len(queries)), min(DEPTH, len(items)), 0
    while len(waiting):
        failed = [np.empty(0, dtype=np.int64)]
        for rows in batches(waiting, max(depth * items.shape[1], len(items))):
            found, proved = _without_each(queries[rows], items, rows, judged, k, depth, reach, similarity, ties, hidden)
            without[rows] = found
            failed.append(rows[~proved])
        waiting = np.concatenate(failed)
        widened = widened or len(waiting)
        depth = min(2 * depth, len(items))
    return Attribution(ndcg(queries, items, judged, k, "dot", ties, hidden), without, widened)


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
    scores = without_hidden(queries @ items.T, rows, hidden)  # (n, n_items)
    candidates = top_k(scores, depth, ties and ties.part(rows)).positions  # (n, depth)
    tied = candidates if ties is None else ties.places(rows[:, None], candidates)
    candidates = np.take_along_axis(candidates, np.argsort(tied, axis=1), axis=1)  # the order of equal scores
    ranked = candidates >= 0  # the last place is empty where an item is hidden and all others are candidates
    full = np.where(ranked, np.take_along_axis(scores, candidates, axis=1), np.float32(-np.inf))
    values = items[candidates].transpose(0, 2, 1)  # (n, dim, depth)
    changed = _rescored(full[:, None, :] - queries[:, :, None] * values, values, similarity)
    changed = np.where(ranked[:, None, :], changed, np.float32(-np.inf))
    top = top_k(changed.reshape(n * dim, depth), k)
    gains = np.append(gains_of(candidates, rows, judged, len(items)), np.zeros((n, 1)), axis=1)  # rank -1 has no item
    gained = gains[np.repeat(np.arange(n), dim)[:, None], top.positions]  # (n * dim, k)
    found = (gained @ discount(k)).reshape(n, dim) / ideal(rows, judged, k)[:, None]
    if depth == len(items):
        return found, np.ones(n, dtype=bool)
    outside = full.min(axis=1)[:, None] + np.abs(queries) * reach  # (n, dim): no item outside exceeds this
    limit = _rescored(outside, np.where(outside > 0, reach, 0), similarity)
    limit = np.maximum(limit, 0) if similarity == "cosine" else limit
    inside = top.scores[:, -1].reshape(n, dim) > limit + SLACK
    return found, np.asarray(inside.all(axis=1))


def _rescored(products: Floats, left_out: Floats, similarity: Similarity) -> Floats:
    """Products of the rest over its length; an item of unit length that was all in the one dimension scores zero."""
    if similarity == "dot":
        return products
    rest = 1 - np.square(left_out)
    return np.asarray(np.where(rest > SLACK, products / np.sqrt(np.maximum(rest, SLACK)), 0), dtype=np.float32)
