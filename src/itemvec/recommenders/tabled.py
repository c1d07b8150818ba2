"""Options of recommenders that keep id vectors in a table of bounded size."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from annotated_types import Ge, Le

from itemvec.core.arrays import Ints
from itemvec.core.errors import ParamsError
from itemvec.protocol.histories import Histories
from itemvec.recommenders.base import RECOMMENDERS
from itemvec.recommenders.id_table import EMPTY, MOST, IdTable, hashed

Admit = Annotated[int, Ge(1), Le(MOST)]
Rows = Annotated[int, Ge(1), Le(100_000_000)]  # 51 GB of float32 at a width of 128
ITEMS, SHARE = 256, 64  # that a table takes at a time, at most; and at most one in so many of its rows


@dataclass(frozen=True, kw_only=True)
class Tabled:
    """Where the learned id vectors lie.

    Parameters
    ----------
    table
        ``exact``: a row for each item. ``hashed``: ``rows`` rows, the row of an item is a hash of it, so that items
        share rows. ``collisionless``: ``rows`` rows, of which none is shared, in a table of linear probing; items that
        get none, and those that training does not know, share one more. It needs some room: of ``rows`` that are all
        taken, an item may reach none.
    rows
        Rows of a table that is not ``exact``.
    admit
        Interactions after which ``collisionless`` gives an item a row.
    """

    table: Literal["exact", "collisionless", "hashed"] = "exact"
    rows: Rows | None = None
    admit: Admit = 1

    def check_table(self) -> None:
        """Refuse options that do not go together."""
        where = f"recommender {RECOMMENDERS.kind_of(self)}"
        if (self.table == "exact") != (self.rows is None):
            raise ParamsError(f"{where}: table {self.table} {'takes no' if self.rows else 'needs'} rows")
        if self.admit > 1 and self.table != "collisionless":
            raise ParamsError(f"{where}: admit {self.admit} is for table collisionless, not for {self.table}")

    def rows_of(self, histories: Histories) -> Ints | None:
        """Row of the table for each item, int64 of shape (n_items,); None for ``exact``.

        ``collisionless`` takes items from the most to the least frequent in training; its last row is the shared one.
        """
        if self.rows is None:
            return None
        items = np.arange(histories.n_items)
        if self.table == "hashed":
            return hashed(items, self.rows)
        counts = np.bincount(histories.items, minlength=histories.n_items)
        frequent = np.argsort(-counts, kind="stable")
        frequent = frequent[counts[frequent] >= self.admit]
        table = IdTable(self.rows)
        step = max(1, min(ITEMS, self.rows // SHARE))  # of what is added together, frequency does not say what fits
        for start in range(0, len(frequent), step):
            table.add(frequent[start : start + step], start)
        found = table.find(items)
        return np.where(found == EMPTY, self.rows, found)
