"""What is relevant to which query, from a table of judgments, and the vectors of those queries."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from itemvec.arrays import Floats, Ids, Ints
from itemvec.columns import GAIN, GROUP, ITEM, QUERY
from itemvec.errors import TableError
from itemvec.files import read_parquet
from itemvec.metrics import Judgments
from itemvec.store import open_vectors


@dataclass(frozen=True)
class Asked:
    """The queries that have a relevant item.

    judgments
        What is relevant.
    vectors
        Of these queries in the same order, float32 of shape (n_queries, dim).
    groups
        The slice of each, strings of shape (n_queries,).
    """

    judgments: Judgments
    vectors: Floats
    groups: Any

    @classmethod
    def load(cls, digest: Path, queries: Path, qrels: Path, items: Ids) -> Asked:
        """Read the tables ``queries`` and ``qrels``, and the vectors of the database that ``digest`` describes.

        Raises
        ------
        TableError
            The vectors are of other queries; a judgment names a query or an item that does not exist.
        """
        table = read_parquet(queries, [QUERY, GROUP]).combine_chunks()
        found = open_vectors(digest, "queries").load()
        ids = table[QUERY].combine_chunks()
        if not found.ids.equals(ids):
            raise TableError(f"{digest.with_suffix('')}: its queries are not those of the tables; run `dvc repro`")
        judgments = judge(read_parquet(qrels), ids, items)
        rows = pc.index_in(judgments.ids, value_set=ids)
        groups = np.asarray(table[GROUP].combine_chunks().take(rows).to_pylist(), dtype=str)
        return cls(judgments, found.vectors[rows.to_numpy(zero_copy_only=False)], groups)


def judge(qrels: Any, queries: Ids, items: Ids, least_gain: float = 0.0) -> Judgments:
    """Relevant items by query, in the order of ``queries``, without queries that have none.

    Parameters
    ----------
    least_gain
        A query needs an item of this gain; its items of less gain stay, for metrics of graded gains.

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


def choose(judgments: Judgments, chosen: NDArray[np.bool_]) -> Judgments:
    """The judgments of some queries."""
    counts = np.diff(judgments.offsets)
    inside = np.repeat(chosen, counts)
    offsets = np.concatenate([[0], np.cumsum(counts[chosen])])
    ids = judgments.ids.filter(pa.array(chosen))
    return replace(judgments, ids=ids, items=judgments.items[inside], gains=judgments.gains[inside], offsets=offsets)


def pairs(judgments: Judgments) -> tuple[Judgments, Ints]:
    """Each relevant item as the only one of a query of its own, whose id is that of the query and a number.

    Beside them the position of each one's query among ``judgments``, int64.
    """
    kept = judgments.gains >= judgments.least_gain
    rows = np.repeat(np.arange(len(judgments)), np.diff(judgments.offsets))[kept]
    numbers = np.arange(len(rows)) - np.searchsorted(rows, rows) + 1
    numbered = pa.array(numbers).cast(pa.string())
    ids = pc.binary_join_element_wise(judgments.ids.take(pa.array(rows)), numbered, " #")
    offsets = np.arange(len(rows) + 1)
    found = replace(judgments, ids=ids, items=judgments.items[kept], gains=judgments.gains[kept], offsets=offsets)
    return found, rows
