"""Relevance judgments: the relevant items of each query and their gains, from a qrels table."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from itemvec.core.arrays import Ids, Ints
from itemvec.core.columns import GAIN, HIDDEN, ITEM, QUERY
from itemvec.core.errors import TableError
from itemvec.core.top_k import NOTHING, Top
from itemvec.metrics import Judgments


def judge(qrels: Any, queries: Ids, items: Ids, least_gain: float = 0.0) -> Judgments:
    """Relevant items by query, in the order of ``queries``; queries without any are left out.

    Parameters
    ----------
    least_gain
        Queries without an item of at least this gain are left out. Items of less gain stay, for graded metrics.

    Raises
    ------
    TableError
        A judgment names a query or an item that does not exist.
    """
    query = pc.index_in(qrels[QUERY], value_set=queries).combine_chunks()
    item = pc.index_in(qrels[ITEM], value_set=items).combine_chunks()
    for name, found in ((QUERY, query), (ITEM, item)):
        if found.null_count:
            unknown = qrels[name].filter(found.is_null())[0].as_py()
            raise TableError(f"qrels: {name} {unknown!r} does not exist; run `dvc repro validate`")
    rows, positions, gains = (np.asarray(part) for part in (query, item, qrels[GAIN]))
    asked = np.zeros(len(queries), dtype=bool)
    asked[rows[(gains > 0) & (gains >= least_gain)]] = True
    relevant = (gains > 0) & asked[rows]
    rows, positions, gains = (part[relevant] for part in (rows, positions, gains))
    order = np.lexsort((positions, rows))
    counts = np.bincount(rows, minlength=len(queries))[asked]
    offsets = np.concatenate([[0], np.cumsum(counts)])
    return Judgments(
        queries.filter(pa.array(asked)), positions[order].astype(np.int64), gains[order], offsets, least_gain
    )


def hashes(judgments: Judgments, items: Ids) -> Ints:
    """A hash of what is relevant to each query, by item ids and gains in any order, int64 of shape (n_queries,)."""
    from pandas.util import hash_array

    if not len(judgments):
        return np.empty(0, dtype=np.int64)
    names = np.asarray(items.take(pa.array(judgments.items)).to_pylist(), dtype=object)
    mixed = hash_array(names) * np.uint64(0x9E3779B97F4A7C15) ^ hash_array(judgments.gains)
    sums: Ints = np.add.reduceat(mixed, judgments.offsets[:-1]).view(np.int64)  # wraps round, as hashes may
    return sums


def judged_pairs(qrels: Any, queries: Ids, items: Ids) -> Ints:
    """All judged pairs of these queries, relevant or not, as int64 numbers: query * n_items + item, by position."""
    rows = pc.index_in(qrels[QUERY], value_set=queries).combine_chunks()
    known = np.asarray(rows.is_valid())
    positions = np.asarray(pc.index_in(qrels[ITEM], value_set=items))[known].astype(np.int64)
    pairs: Ints = rows.drop_null().to_numpy().astype(np.int64) * len(items) + positions
    return pairs


def skip_unjudged(top: Top, pairs: Ints, n_items: int) -> Top:
    """Condensed rankings: items that are not among the judged ``pairs`` are removed, and the items below move up."""
    asked = np.arange(len(top.positions))[:, None] * n_items + top.positions
    kept = np.isin(asked, pairs) & (top.positions != NOTHING)
    order = np.argsort(~kept, axis=1, kind="stable")
    positions = np.where(kept, top.positions, NOTHING)
    scores = np.where(kept, top.scores, np.float32(-np.inf))
    return Top(np.take_along_axis(positions, order, axis=1), np.take_along_axis(scores, order, axis=1))


def hidden_items(queries: Any, items: Ids) -> Ints | None:
    """Position of the item that is each query itself, ``NOTHING`` where none is; None where the table names none."""
    if HIDDEN not in queries.column_names:
        return None
    found = pc.index_in(queries[HIDDEN], value_set=items, skip_nulls=True).fill_null(NOTHING)
    return np.asarray(found).astype(np.int64)


def drop_hidden(top: Top, hidden: Ints, k: int) -> Top:
    """The first ``k`` of rankings without the ``hidden`` item of each, int64 of shape (n_queries,)."""
    kept = (top.positions != hidden[:, None]) | (top.positions == NOTHING)
    order = np.argsort(~kept, axis=1, kind="stable")
    positions = np.where(kept, top.positions, NOTHING)
    scores = np.where(kept, top.scores, np.float32(-np.inf))
    return Top(*(np.take_along_axis(part, order, axis=1)[:, :k] for part in (positions, scores)))


def choose(judgments: Judgments, chosen: NDArray[np.bool_]) -> Judgments:
    """The judgments of some queries."""
    counts = np.diff(judgments.offsets)
    inside = np.repeat(chosen, counts)
    offsets = np.concatenate([[0], np.cumsum(counts[chosen])])
    ids = judgments.ids.filter(pa.array(chosen))
    return replace(judgments, ids=ids, items=judgments.items[inside], gains=judgments.gains[inside], offsets=offsets)


def pairs(judgments: Judgments) -> tuple[Judgments, Ints]:
    """Split each query into one case per relevant item; its id is the id of the query and a number.

    Also returns the position of each case's query among ``judgments``, int64.
    """
    kept = judgments.gains >= judgments.least_gain
    rows = np.repeat(np.arange(len(judgments)), np.diff(judgments.offsets))[kept]
    numbers = np.arange(len(rows)) - np.searchsorted(rows, rows) + 1
    numbered = pa.array(numbers).cast(pa.string())
    ids = pc.binary_join_element_wise(judgments.ids.take(pa.array(rows)), numbered, " #")
    offsets = np.arange(len(rows) + 1)
    found = replace(judgments, ids=ids, items=judgments.items[kept], gains=judgments.gains[kept], offsets=offsets)
    return found, rows
