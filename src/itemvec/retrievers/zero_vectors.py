"""Vectors without a direction, whose cosine with anything is 0: one rule, whatever an index does with them."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from itemvec.core.arrays import Floats, Ints
from itemvec.core.top_k import Ties
from itemvec.store.lancedb_index import Found


def zero_rows(blocks: Iterable[Floats]) -> Ints:
    """Positions of the vectors that are all zero, int64, from blocks of float32 of shape (any, dim)."""
    start, found = 0, [np.empty(0, dtype=np.int64)]
    for block in blocks:
        found.append(start + np.flatnonzero(~block.any(axis=1)))
        start += len(block)
    return np.concatenate(found)


def with_zeros(found: Found, zeros: Ints, k: int, are_cosines: bool) -> Found:
    """What was found, and the items ``zeros``, which LanceDB leaves out, where they can be among the best ``k``.

    Their score is 0. Where scores only order, since an index approximates them, they come after all that was found.
    """
    if not len(zeros) or (len(found.scores) >= k and (not are_cosines or found.scores[k - 1] > 0)):
        return found
    score = np.float32(0) if are_cosines else np.nextafter(found.scores.min(initial=0), np.float32(-np.inf))
    scores = np.concatenate([found.scores, np.full(len(zeros), score, dtype=np.float32)])
    return Found(np.concatenate([found.positions, zeros]), scores)


def all_alike(ties: Ties, row: int, k: int) -> Found:
    """The best ``k`` for a query that is zero: every item scores 0, and the order of ties decides."""
    places = np.arange(min(k, ties.order.n_items))
    return Found(ties.positions(np.array(row), places), np.zeros(len(places), dtype=np.float32))
