"""Which users a split ranks for, where ranking for all of them would take too long."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from itemvec.core.arrays import Ids

KEY = "itemvec: a sample"  # of the hash, 16 bytes are read: other than that of ties, so that the two are independent


def drawn(users: Ids, n: int | None) -> NDArray[np.bool_]:
    """Whether each user is among the ``n`` drawn, bool of shape (n_users,): the lowest hashes of their ids.

    So every system, every seed and every revision ranks for the same users. Of those that new data brings only some
    are drawn, and the others stay.

    Parameters
    ----------
    users
        Ids, Arrow strings, each once.
    n
        None draws all.
    """
    from pandas.util import hash_array

    found = np.ones(len(users), dtype=np.bool_)
    if n is None or n >= len(users):
        return found
    names = np.asarray(users.to_numpy(zero_copy_only=False), dtype=object)
    order = np.argsort(hash_array(names, hash_key=KEY[:16]), kind="stable")
    found[order[n:]] = False
    return found


def draw_rows(users: Ids, rows: NDArray[np.int64], n: int | None) -> tuple[NDArray[np.bool_], int]:
    """Which of ``rows`` of ``users``, ascending, belong to users that are drawn, and how many users are not."""
    distinct = np.unique(rows)
    if n is None or n >= len(distinct):
        return np.ones(len(rows), dtype=np.bool_), 0
    kept = drawn(users.take(pa.array(distinct)), n)
    return kept[np.searchsorted(distinct, rows)], int(np.count_nonzero(~kept))
