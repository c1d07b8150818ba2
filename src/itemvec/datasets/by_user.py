"""Interactions sorted by user and time, in blocks of users, so that the table is held twice and never three times."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from itemvec.core.columns import TIME, USER

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
    table = _ranked(table.combine_chunks())
    users = table[USER].chunk(0).indices.fill_null(len(table[USER].chunk(0).dictionary)).to_numpy()
    blocks = ((np.cumsum(np.bincount(users)) - 1) // ROWS)[users].astype(np.int32)
    parts = []
    for block in range(int(blocks.max()) + 1):
        rows = np.flatnonzero(blocks == block)
        if not len(rows):  # one user has more rows than a block
            continue
        part = table.take(pa.array(rows))
        keys = pa.table([users[rows], part[TIME]], [RANK, TIME])
        parts.append(part.take(pc.sort_indices(keys, sort_keys=[(RANK, "ascending"), (TIME, "ascending")])))
    return pa.concat_tables(parts)


def _ranked(table: Any) -> Any:
    """The same table, in which the number of a user is its place in the order of ids."""
    users = table[USER].chunk(0)
    order = pc.sort_indices(users.dictionary).to_numpy()
    ranks = np.empty(len(order), np.int32)
    ranks[order] = np.arange(len(order), dtype=np.int32)
    ranked = pa.array(ranks).take(users.indices)
    sorted_users = pa.DictionaryArray.from_arrays(ranked, users.dictionary.take(pa.array(order)))
    return table.set_column(table.column_names.index(USER), USER, sorted_users)
