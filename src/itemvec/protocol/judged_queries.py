"""Judged queries: queries with at least one relevant item, with their vectors and judgments."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.compute as pc

from itemvec.core.arrays import Floats, Ids, Ints
from itemvec.core.columns import GROUP, QUERY
from itemvec.core.errors import TableError
from itemvec.core.files import read_parquet
from itemvec.metrics import Judgments
from itemvec.protocol.judgments import hidden_items, judge
from itemvec.store import open_vectors


@dataclass(frozen=True)
class Asked:
    """Judged queries, in the order of their judgments.

    judgments
        Relevant items of each query.
    vectors
        float32 of shape (n_queries, dim).
    groups
        Slice of each query, strings of shape (n_queries,).
    hidden
        Position of the item that is a query itself and is not ranked for it, int64 of shape (n_queries,), -1 where
        there is none; None where the table names no such item.
    """

    judgments: Judgments
    vectors: Floats
    groups: Any
    hidden: Ints | None = None

    @classmethod
    def load(cls, digest: Path, queries: Path, qrels: Path, items: Ids) -> Asked:
        """Read the tables ``queries`` and ``qrels``, and the vectors of the database that ``digest`` describes.

        Raises
        ------
        TableError
            The vectors belong to other queries, or a judgment names a query or an item that does not exist.
        """
        table = read_parquet(queries).combine_chunks()
        found = open_vectors(digest, "queries").load()
        ids = table[QUERY].combine_chunks()
        if not found.ids.equals(ids):
            raise TableError(f"{digest.with_suffix('')}: its queries differ from those of the tables; run `dvc repro`")
        judgments = judge(read_parquet(qrels), ids, items)
        rows = pc.index_in(judgments.ids, value_set=ids)
        groups = np.asarray(table[GROUP].combine_chunks().take(rows).to_pylist(), dtype=str)
        places = rows.to_numpy(zero_copy_only=False)
        hidden = hidden_items(table, items)
        return cls(judgments, found.vectors[places], groups, None if hidden is None else hidden[places])
