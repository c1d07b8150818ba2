"""Interactions sorted by user and time, in blocks of users, so that the table is held twice and never three times."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from itemvec.core.columns import TIME, USER
from itemvec.datasets.encoded_ids import in_order

ROWS = 1 << 21  # sorted at a time, more where one user has more
RANK = "rank"


def by_user(table: Any) -> Any:
    """Rows sorted by user, then time; those that are equal in both stay as they came, and missing values come last.

    Parameters
    ----------
    table
        Its columns of strings are dictionaries of one array each; that of the users comes back sorted.
    """
    if not len(table):
        return table
    table = table.combine_chunks()
    by_id = in_order(table[USER].chunk(0))
    table = table.set_column(table.column_names.index(USER), USER, by_id)
    users = by_id.indices.fill_null(len(by_id.dictionary)).to_numpy()
    block_of = (np.cumsum(np.bincount(users)) - 1) // ROWS  # of each user
    blocks = block_of.astype(np.min_scalar_type(block_of[-1]))[users]
    parts = []
    for block in range(int(block_of[-1]) + 1):
        rows = np.flatnonzero(blocks == block)
        if not len(rows):  # one user has more rows than a block
            continue
        part = table.take(pa.array(rows))
        keys = pa.table([users[rows], part[TIME]], [RANK, TIME])
        parts.append(part.take(pc.sort_indices(keys, sort_keys=[(RANK, "ascending"), (TIME, "ascending")])))
    return pa.concat_tables(parts)
