"""How many cases a split would have, counted a block of users at a time, so that no case is ever made whole."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow.compute as pc

from itemvec.core.arrays import Ids
from itemvec.core.columns import ITEM, TIME, USER
from itemvec.core.errors import ItemvecError
from itemvec.core.params import Row
from itemvec.datasets.encoded_ids import decoded, of_each
from itemvec.protocol.histories import Histories
from itemvec.protocol.splits import split

USERS = 1 << 16  # looked at together


@dataclass(frozen=True)
class Sizes:
    """Numbers of users with a step to train on, from one item to the next, and of cases."""

    train: int
    validation: int
    test: int


@dataclass(frozen=True)
class Interactions:
    """Histories of the interactions of ``datasets.Tables``, beside these."""

    whole: Histories
    table: Any

    @classmethod
    def of(cls, table: Any, items: Ids) -> Interactions:
        """Group interactions, sorted by user and time, of items that are all in the catalogue ``items``."""
        users = table[USER].unify_dictionaries().combine_chunks()
        codes = users.indices.to_numpy()
        starts = np.flatnonzero(np.append(True, codes[1:] != codes[:-1]))
        positions = of_each(table[ITEM], lambda ids: pc.index_in(ids, value_set=items)).to_numpy()
        offsets = np.append(starts, len(codes)).astype(np.int64)
        return cls(Histories(users.take(starts).dictionary_decode(), positions, offsets, len(items)), table)

    def repeated(self) -> float:
        """Share of the interactions with an item that their user had before."""
        pairs = sum(len(np.unique(block.rows * block.n_items + block.items)) for block, _ in self.blocks())
        return 1 - pairs / len(self.table)

    def sizes(self, row: Row) -> Sizes | None:
        """What a split would come to; None where it cannot be made.

        Parameters
        ----------
        row
            Kind and options of a split; shares of a split by time are shares of all interactions.
        """
        row = {**row, **self._cuts(row), "max_history": 1}  # how much a case shows changes no number of cases
        found = np.zeros(3, dtype=np.int64)
        try:
            for block, table in self.blocks():
                parts = split(row, block, table)
                steps = int(np.count_nonzero(parts.train.lengths > 1))
                found += [steps, len(parts.validation.judgments), len(parts.test.judgments)]
        except ItemvecError:
            return None
        return Sizes(*map(int, found))

    def blocks(self) -> Iterator[tuple[Histories, Any]]:
        """Histories of ``USERS`` users at a time, and their rows as plain strings."""
        columns = [name for name in self.table.column_names if name not in (USER, ITEM)]
        for start in range(0, len(self.whole), USERS):
            stop = min(start + USERS, len(self.whole))
            first, last = self.whole.offsets[[start, stop]].tolist()
            yield self.whole.slice(start, stop), decoded(self.table.select(columns).slice(first, last - first))

    def _cuts(self, row: Row) -> Row:
        """Shares of all interactions as the times at which they have happened."""
        shares = {key: value for key, value in row.items() if isinstance(value, float)}
        if not shares:
            return {}
        places = [int(share * len(self.table)) for share in shares.values()]
        times = np.partition(self.table[TIME].to_numpy(), places)
        return {key: int(times[place]) for key, place in zip(shares, places, strict=True)}
