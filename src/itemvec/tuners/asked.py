"""Queries that are learnt from, validated by or tested by, and what is known of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from itemvec.core.arrays import Floats, Ints
from itemvec.metrics import Judgments


@dataclass(frozen=True)
class Asked:
    """Queries, and what is known of them.

    vectors
        Of unit length, float32 of shape (n, dim).
    texts
        As they are encoded, without a prompt.
    judged
        The relevant items of each; every query has at least one.
    irrelevant
        Pairs that people judged not relevant, int64 of shape (n_pairs, 2): row of the query, position of the item.
    hidden
        Position of the item that is not ranked for each query, or -1; None where there is none.
    groups
        Slice of each query, strings of shape (n,).
    """

    vectors: Floats
    texts: Sequence[str]
    judged: Judgments
    irrelevant: Ints
    hidden: Ints | None = None
    groups: Any = None

    def __len__(self) -> int:
        return len(self.vectors)

    def of(self, row: int) -> Ints:
        """Positions of the items that are relevant to one query."""
        return self.judged.items[self.judged.offsets[row] : self.judged.offsets[row + 1]]

    def refused(self, row: int) -> Ints:
        """Positions of the items that people judged not relevant to one query."""
        found: Ints = self.irrelevant[self.irrelevant[:, 0] == row, 1]
        return found

    def select(self, rows: Ints) -> Asked:
        """Some of the queries, ``rows`` ascending."""
        chosen = np.zeros(len(self), dtype=np.bool_)
        chosen[rows] = True
        place = np.cumsum(chosen) - 1
        kept = self.irrelevant[chosen[self.irrelevant[:, 0]]]
        return Asked(
            self.vectors[rows],
            [self.texts[row] for row in rows.tolist()],
            kept_queries(self.judged, chosen),
            np.column_stack([place[kept[:, 0]], kept[:, 1]]).astype(np.int64),
            None if self.hidden is None else self.hidden[rows],
            None if self.groups is None else self.groups[rows],
        )

    def among(self, places: Ints) -> Asked:
        """The same over some items alone, ascending positions that hold all that is relevant or hidden."""
        judged = replace(self.judged, items=np.searchsorted(places, self.judged.items))
        hidden = None if self.hidden is None else np.where(self.hidden < 0, -1, np.searchsorted(places, self.hidden))
        return replace(self, judged=judged, hidden=hidden)

    def drawn(self, rng: np.random.Generator) -> Ints:
        """One relevant item of each query, the likelier the higher its gain; int64 of shape (n,)."""
        low, high = self.judged.offsets[:-1], self.judged.offsets[1:]
        ends = np.concatenate([[0.0], np.cumsum(self.judged.gains)])
        place = np.searchsorted(ends, ends[low] + (ends[high] - ends[low]) * rng.random(len(self)), side="right") - 1
        found: Ints = self.judged.items[np.clip(place, low, high - 1)]
        return found

    @property
    def pairs(self) -> Ints:
        """Row and relevant item of every pair, int64 of shape (n_pairs, 2)."""
        rows = np.repeat(np.arange(len(self)), np.diff(self.judged.offsets))
        return np.column_stack([rows, self.judged.items])


def kept_queries(judged: Judgments, chosen: NDArray[np.bool_]) -> Judgments:
    """The judgments of some queries."""
    counts = np.diff(judged.offsets)
    inside = np.repeat(chosen, counts)
    offsets = np.concatenate([[0], np.cumsum(counts[chosen])])
    ids = judged.ids.filter(pa.array(chosen))
    return replace(judged, ids=ids, items=judged.items[inside], gains=judged.gains[inside], offsets=offsets)
