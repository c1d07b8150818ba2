"""User histories: the items of each user in order of time, as flat arrays."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from itemvec.core.arrays import Doubles, Ids, Ints
from itemvec.core.columns import ITEM, USER, events_of
from itemvec.core.errors import TableError
from itemvec.core.top_k import NOTHING


@dataclass(frozen=True)
class Histories:
    """Item positions of many users, oldest first, laid end to end.

    The history of user ``i`` is ``items[offsets[i]:offsets[i + 1]]``.

    users
        Ids, Arrow strings of length n_users.
    items
        Positions in the catalogue, int64 of length n_interactions.
    offsets
        int64 of length n_users + 1, from 0 to n_interactions.
    n_items
        Size of the catalogue.
    events
        Numbers that interactions bring, such as a rating: float64 of length n_interactions by name, NaN where there is
        none.
    """

    users: Ids
    items: Ints
    offsets: Ints
    n_items: int
    events: Mapping[str, Doubles] = field(default_factory=dict)

    @classmethod
    def of(cls, interactions: Any, items: Ids) -> Histories:
        """Group a table of interactions, sorted by user and time, over a catalogue of item ids.

        Ids may be dictionaries, which take a fifth of the memory: ``read_parquet(path, encoded=[USER, ITEM])``.

        Raises
        ------
        TableError
            An interaction names an item that is not in the catalogue.
        """
        codes, known = _codes(interactions[ITEM])
        places = pc.index_in(known, value_set=items)
        if places.null_count:
            unknown = known.filter(places.is_null())[0]
            raise TableError(
                f"interactions: item {unknown.as_py()!r} is not in the catalogue; run `dvc repro validate`"
            )
        positions = places.to_numpy().astype(np.int64)[codes]
        del codes
        codes, known = _codes(interactions[USER])
        starts = np.flatnonzero(np.append(True, codes[1:] != codes[:-1])) if len(codes) else np.zeros(0, np.int64)
        users = known.take(pa.array(codes[starts]))
        numbers = {name: _numbers(interactions[name]) for name in events_of(interactions.column_names)}
        return cls(users, positions, np.append(starts, len(codes)), len(items), numbers)

    def __len__(self) -> int:
        return len(self.users)

    @property
    def lengths(self) -> Ints:
        """Number of interactions of each user, int64 of shape (n_users,)."""
        return np.diff(self.offsets)

    @property
    def rows(self) -> Ints:
        """Row of the user of each interaction, int64 of shape (n_interactions,)."""
        return np.repeat(np.arange(len(self)), self.lengths)

    @property
    def ages(self) -> Ints:
        """Steps since each interaction, 0 for a user's latest; int64 of shape (n_interactions,)."""
        return np.repeat(self.offsets[1:], self.lengths) - 1 - np.arange(len(self.items))

    def blocks(self, rows: int) -> Iterator[Histories]:
        """The same users, at most ``rows`` at a time."""
        for start in range(0, len(self), rows):
            yield self.slice(start, min(start + rows, len(self)))

    def slice(self, start: int, stop: int) -> Histories:
        """Users ``start`` to ``stop``, without a copy."""
        offsets = self.offsets[start : stop + 1]
        return self.taken(self.users[start:stop], slice(offsets[0], offsets[-1]), offsets - offsets[0])

    def select(self, chosen: NDArray[np.bool_]) -> Histories:
        """The users where ``chosen``, of shape (n_users,), is true."""
        offsets = np.concatenate([[0], np.cumsum(self.lengths[chosen])])
        return self.taken(self.users.filter(pa.array(chosen)), chosen[self.rows], offsets)

    def without_last(self, dropped: Ints) -> Histories:
        """The same users without their last ``dropped`` interactions, int64 of shape (n_users,)."""
        offsets = np.concatenate([[0], np.cumsum(self.lengths - dropped)])
        return self.taken(self.users, self.ages >= dropped[self.rows], offsets)

    def taken(self, users: Ids, places: Any, offsets: Ints) -> Histories:
        """Histories of ``users`` made of the interactions at ``places``: indices, a mask or a slice."""
        events = {name: values[places] for name, values in self.events.items()}
        return Histories(users, self.items[places], offsets, self.n_items, events)

    def recent(self, length: int) -> Ints:
        """Each user's last ``length`` items, oldest first, padded on the right with ``NOTHING``.

        Returns int64 of shape (n_users, length).
        """
        kept = np.minimum(self.lengths, length)
        column = np.arange(length)
        index = (self.offsets[1:] - kept)[:, None] + column  # (n_users, length)
        inside = column < kept[:, None]
        padded = np.full((len(self), length), NOTHING, dtype=np.int64)
        padded[inside] = self.items[index[inside]]
        return padded

    def matrix(self, weights: Any = None) -> Any:
        """Sparse users x items matrix (scipy CSR, float32) of summed ``weights``, by default 1 per interaction."""
        from scipy.sparse import csr_array

        weights = np.ones(len(self.items), dtype=np.float32) if weights is None else np.array(weights)
        small = max(len(self.items), self.n_items) < 1 << 31  # then half the bytes, here and in all products
        places, offsets = (part.astype(np.int32 if small else np.int64) for part in (self.items, self.offsets))
        csr = csr_array((weights, places, offsets), shape=(len(self), self.n_items))
        csr.sum_duplicates()  # in place, and so on copies: else it would reorder the histories themselves
        return csr


def _codes(column: Any) -> tuple[Ints, Ids]:
    """Each row's place among the distinct ids of a column, int32, and these ids, Arrow strings."""
    column = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
    whole = column.unify_dictionaries().combine_chunks()
    return whole.indices.to_numpy(), whole.dictionary


def _numbers(column: Any) -> Doubles:
    values: Doubles = column.combine_chunks().cast(pa.float64()).fill_null(np.nan).to_numpy(zero_copy_only=False)
    return values
