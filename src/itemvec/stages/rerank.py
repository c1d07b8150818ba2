"""Reranking: the first items of a run are reordered by a reranker and evaluated like any search."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from itemvec.core.arrays import Ids
from itemvec.core.columns import ID, ITEM, RANK, SCORE, SEED
from itemvec.core.errors import TableError
from itemvec.core.files import read_parquet
from itemvec.core.progress import progress
from itemvec.core.top_k import NOTHING, Top
from itemvec.rerankers import Rerank, Reranker
from itemvec.retrievers import Entries, Retrieve

PAIRS = 4096  # scored at a time: enough to batch similar lengths, few enough to show progress


@dataclass(frozen=True)
class Reordering:
    """A retriever that reorders the best ``depth`` items of the run ``first``.

    Items below keep their order. Queries that are not in the run get an empty ranking: a run holds only the queries
    that were tested.
    """

    reranker: Reranker
    first: Path
    depth: int
    needs_vectors: ClassVar[bool] = False
    lowest: ClassVar[float | None] = None

    def index(self, items: Entries) -> Retrieve:
        """Load the reranker."""
        if items.texts is None:
            raise ValueError("a reranker needs texts")
        texts, rerank = items.texts, self.reranker.load()

        def retrieve(queries: Entries, k: int) -> Top:
            top = read_run(self.first, queries.ids, items.ids, k)
            return reorder(rerank, queries.words("rerank"), texts, top, self.depth)

        return retrieve


def reorder(rerank: Rerank, queries: Sequence[str], texts: Ids, top: Top, depth: int) -> Top:
    """Sort the first ``depth`` ranks of ``top`` by the scores of ``rerank``; equal scores keep their order.

    Parameters
    ----------
    queries
        Texts of the queries of ``top``.
    texts
        Texts of all items, Arrow strings.

    Returns
    -------
    The new ranking. Items that were not reranked have scores below the lowest of the others, one less for each rank.
    """
    positions, scores = top.positions.copy(), top.scores.copy()
    rows = max(1, PAIRS // depth)
    with progress(len(queries), "rerank", "queries") as shown:
        for start in range(0, len(queries), rows):
            some = slice(start, start + rows)
            head = top.positions[some, :depth]
            counts = np.count_nonzero(head != NOTHING, axis=1)
            words = [texts.take(pa.array(row[:n])).to_pylist() for row, n in zip(head, counts, strict=True)]
            for row, found in enumerate(rerank(queries[some], words), start):
                order = np.argsort(-found, kind="stable")
                positions[row, : len(found)] = top.positions[row, : len(found)][order]
                scores[row, : len(found)] = found[order]
                rest = np.count_nonzero(top.positions[row] != NOTHING) - len(found)
                if len(found):
                    scores[row, len(found) : len(found) + rest] = found.min() - np.arange(1, rest + 1)
            shown.update(len(words))
    return Top(positions, scores)


def read_run(path: Path, queries: Ids, items: Ids, depth: int) -> Top:
    """The first ``depth`` ranks of a run for ``queries``; of several seeds, the lowest is used.

    A run judged by pair repeats the ranking of a query for each of its relevant items, the first as ``ID #1``.

    Raises
    ------
    TableError
        The run names an item that is not among ``items``, or has none of the queries.
    """
    run = read_parquet(path, [ID, SEED, ITEM, RANK, SCORE])
    run = run.filter(pc.equal(run[SEED], pc.min(run[SEED]))).filter(pc.less_equal(pc.field(RANK), depth))
    ids = run[ID].cast(pa.string())
    first = pc.replace_substring_regex(ids, r" #1$", "")  # of queries that are judged by pair; others stand as they are
    rows = pc.coalesce(*(pc.index_in(one, value_set=queries) for one in (ids, first))).combine_chunks()
    places = pc.index_in(run[ITEM].cast(pa.string()), value_set=items).combine_chunks()
    if places.null_count or (len(queries) and rows.null_count == len(rows)):
        raise TableError(f"{path}: belongs to other tables; run `dvc repro`")
    known = np.asarray(rows.is_valid())
    ranks = np.asarray(run[RANK])[known] - 1
    rows = rows.drop_null().to_numpy()
    positions = np.full((len(queries), depth), NOTHING, dtype=np.int64)
    scores = np.full((len(queries), depth), -np.inf, dtype=np.float32)
    positions[rows, ranks] = places.to_numpy()[known]
    scores[rows, ranks] = np.asarray(run[SCORE])[known]
    return Top(positions, scores)
