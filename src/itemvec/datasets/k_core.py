"""The k-core of a data set: every user and every item that is left has at least k interactions.

It is a matter of the data set, not of the split, because it decides which items there are: what is embedded, ranked
and judged. A split that filtered would leave items in the ranking that nobody left can want.
"""

from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from itemvec.core.arrays import Ints
from itemvec.core.columns import GAIN, ITEM, QUERY, USER
from itemvec.datasets.base import Tables
from itemvec.datasets.encoded_ids import encoded, is_among


def k_core(tables: Tables, k: int) -> Tables:
    """The tables without users and items of fewer than ``k`` interactions; 1 leaves them as they are.

    Judgments of items that are gone go with them, and so do queries to which nothing is relevant any more.
    """
    if k == 1:
        return tables
    kept = _kept(_codes(tables.interactions[USER]), _codes(tables.interactions[ITEM]), k)
    interactions = tables.interactions.filter(pa.array(kept))
    items = _within(tables.items, ITEM, interactions[ITEM])
    qrels = _within(tables.qrels, ITEM, items[ITEM])
    answered = qrels[QUERY].filter(pc.greater(qrels[GAIN], 0))
    queries = _within(tables.queries, QUERY, answered)
    return replace(
        tables, items=items, interactions=interactions, queries=queries, qrels=_within(qrels, QUERY, queries[QUERY])
    )


def _kept(users: Ints, items: Ints, k: int) -> NDArray[np.bool_]:
    """Interactions of the core: leaving out a user can push an item below ``k``, so until nothing changes."""
    kept = np.ones(len(users), dtype=bool)
    while True:
        enough = [np.bincount(codes[kept], minlength=len(codes) + 1) >= k for codes in (users, items)]
        stays = kept & enough[0][users] & enough[1][items]
        if np.array_equal(stays, kept):
            return kept
        kept = stays


def _codes(ids: Any) -> Ints:
    """A number for each distinct id, int64."""
    codes: Ints = encoded(ids).indices.to_numpy().astype(np.int64)
    return codes


def _within(table: Any, key: str, known: Any) -> Any:
    return table.filter(is_among(table[key], known))
