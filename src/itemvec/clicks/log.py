"""Click logs: which item was shown where for which query, and whether it was clicked."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from itemvec.core.arrays import Doubles, Ints

Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class ClickLog:
    """One row per impression, in order of time within a session; all arrays are of shape (n,).

    query, item
        Positions among the queries and the items, int64.
    position
        Place in the ranking that was shown, int64 from 1.
    clicked
        Whether it was clicked, bool.
    dwell
        Seconds until the user came back from the item, float64; NaN where nobody knows. None where nothing was noted.
    session
        Number of the session, int64; None where nothing was noted.
    """

    query: Ints
    item: Ints
    position: Ints
    clicked: Bools
    dwell: Doubles | None = None
    session: Ints | None = None

    def __len__(self) -> int:
        return len(self.query)

    def where(self, kept: Bools) -> ClickLog:
        """The rows where ``kept``, of shape (n,), is true."""
        dwell = None if self.dwell is None else self.dwell[kept]
        session = None if self.session is None else self.session[kept]
        return ClickLog(self.query[kept], self.item[kept], self.position[kept], self.clicked[kept], dwell, session)

    def without(self, clicks: Bools) -> ClickLog:
        """The same rows; ``clicks``, bool of shape (n,), no longer count as clicks."""
        return replace(self, clicked=self.clicked & ~clicks)


def lists(log: ClickLog) -> Ints:
    """Number of the result list of each row, int64 of shape (n,), from 0 and rising.

    Rows of one list stand together, from the top down: another list begins where session or query differ from those of
    the row before, or the position is not below its.
    """
    same = (log.query[1:] == log.query[:-1]) & (log.position[1:] > log.position[:-1])
    if log.session is not None:
        same &= log.session[1:] == log.session[:-1]
    first = np.ones(len(log), dtype=np.int64)
    first[1:] = ~same
    return np.cumsum(first) - 1
