"""nDCG of vectors: every query against all items, by cosine or inner product, without an index."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, Protocol

import numpy as np

from itemvec.core.arrays import Doubles, Floats, Ints
from itemvec.core.top_k import Ties, top_k

NUMBERS = 1 << 24  # held at a time: 64 MB

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
    queries, items = (scaled(vectors, similarity) for vectors in (queries, items))
    found = np.empty(len(queries))
    for rows in batches(np.arange(len(queries)), len(items)):
        positions = top_k(without_hidden(queries[rows] @ items.T, rows, hidden), k, ties and ties.part(rows)).positions
        found[rows] = gains_of(positions, rows, judged, len(items)) @ discount(k) / ideal(rows, judged, k)
    return found


def without_hidden(scores: Floats, rows: Ints, hidden: Ints | None) -> Floats:
    """Scores with minus infinity for the item that is hidden from each query."""
    if hidden is not None:
        some = np.flatnonzero(hidden[rows] >= 0)
        scores[some, hidden[rows][some]] = -np.inf
    return scores


def scaled(vectors: Floats, similarity: Similarity) -> Floats:
    """Of unit length for the cosine, else as they are."""
    if similarity == "dot":
        return vectors
    scaled: Floats = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
    return scaled


def batches(rows: Ints, numbers: int) -> Iterator[Ints]:
    """Some ``rows`` at a time, so that ``numbers`` for each fit into memory."""
    size = max(1, NUMBERS // max(numbers, 1))
    return (rows[start : start + size] for start in range(0, len(rows), size))


def discount(k: int) -> Doubles:
    """Weight of each of the first ``k`` ranks."""
    found: Doubles = 1 / np.log2(np.arange(2, k + 2))
    return found


def _rows_of(rows: Ints, judged: Judged) -> tuple[Ints, Ints]:
    """Of the judgments of some queries: which of these queries, and where in the whole."""
    lengths = np.diff(judged.offsets)[rows]
    number = np.repeat(np.arange(len(rows)), lengths)
    inside = np.arange(len(number)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    return number, judged.offsets[rows][number] + inside


def gains_of(positions: Ints, rows: Ints, judged: Judged, n_items: int) -> Doubles:
    """Gains of ranked items, float64 of the shape of ``positions``; zero where these are negative."""
    number, where = _rows_of(rows, judged)
    known = number * n_items + judged.items[where]  # ascending, since items ascend within a query
    asked = np.arange(len(rows))[:, None] * n_items + positions
    place = np.minimum(np.searchsorted(known, asked), len(known) - 1)
    return np.where((known[place] == asked) & (positions >= 0), judged.gains[where][place], 0.0)


def ideal(rows: Ints, judged: Judged, k: int) -> Doubles:
    """Discounted gain of the best ranking there could be, float64 of shape (n,)."""
    number, where = _rows_of(rows, judged)
    order = np.lexsort((-judged.gains[where], number))
    rank = np.arange(len(number)) - np.searchsorted(number, number)
    best = np.where(rank < k, judged.gains[where][order] * discount(k)[np.minimum(rank, k - 1)], 0.0)
    return np.asarray(np.bincount(number, best, minlength=len(rows)), dtype=np.float64)
