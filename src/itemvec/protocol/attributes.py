"""Attributes of items as conditions: which items are in a genre, of a brand, or have any other value of a column."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from itemvec.core.arrays import Ids, Ints
from itemvec.core.columns import ITEM, attributes_of
from itemvec.core.files import column_names, read_parquet
from itemvec.core.top_k import NOTHING


@dataclass(frozen=True)
class Attributes:
    """The conditions that each item meets, laid end to end.

    Item ``i`` meets the conditions ``values[offsets[i]:offsets[i + 1]]``.

    names
        Of the conditions, as ``genres=Comedy``, in alphabetic order.
    values
        Places in ``names``, int64.
    offsets
        int64 of length n_items + 1.
    """

    names: tuple[str, ...]
    values: Ints
    offsets: Ints

    @classmethod
    def read(cls, path: Path, items: Ids) -> Attributes | None:
        """Those of the table of items in a Parquet file, for a catalogue of ids; None where it has none."""
        names = attributes_of(column_names(path))
        if not names:
            return None
        table = read_parquet(path, [ITEM, *names])
        places = pc.index_in(items, value_set=table[ITEM].combine_chunks())
        return cls.of(table.select(names).take(places))

    @classmethod
    def of(cls, table: Any) -> Attributes:
        """Those of a table with a row for each item, of which each column has lists of strings."""
        rows, words = [np.empty(0, np.int64)], [pa.array([], pa.string())]
        for name in table.column_names:
            lists = table[name].combine_chunks()
            rows.append(np.asarray(pc.list_parent_indices(lists)).astype(np.int64))
            words.append(pc.binary_join_element_wise(f"{name}=", pc.list_flatten(lists), ""))
        met = pa.concat_arrays(words)
        names = pc.unique(met).sort()
        row, found = np.concatenate(rows), pc.index_in(met, value_set=names).to_numpy().astype(np.int64)
        order = np.lexsort((found, row))
        counts = np.bincount(row, minlength=len(table))
        return cls(tuple(names.to_pylist()), found[order], np.concatenate([[0], np.cumsum(counts)]))

    @property
    def rows(self) -> Ints:
        """The item of each of ``values``, int64."""
        return np.repeat(np.arange(len(self.offsets) - 1), np.diff(self.offsets))

    def only(self, kept: NDArray[np.bool_]) -> Attributes:
        """The same without some conditions; ``kept`` is bool of shape (n_conditions,)."""
        stays = kept[self.values]
        counts = np.bincount(self.rows[stays], minlength=len(self.offsets) - 1)
        numbers = np.cumsum(kept) - 1
        names = tuple(name for name, stay in zip(self.names, kept, strict=True) if stay)
        return Attributes(names, numbers[self.values[stays]], np.concatenate([[0], np.cumsum(counts)]))

    def of_columns(self, columns: Sequence[str]) -> Attributes:
        """Only the conditions of some columns."""
        return self.only(np.array([name.partition("=")[0] in columns for name in self.names], dtype=bool))

    def counts(self, items: Ints) -> Ints:
        """How many of ``items`` meet each condition, int64 of shape (n_conditions,)."""
        times = np.bincount(items, minlength=len(self.offsets) - 1)
        return np.bincount(self.values, times[self.rows], len(self.names)).astype(np.int64)

    def draw(self, items: Ints, rng: np.random.Generator) -> Ints:
        """One condition of each item, at random; ``NOTHING`` where it meets none."""
        counts = np.diff(self.offsets)[items]
        place = self.offsets[items] + (rng.random(len(items)) * counts).astype(np.int64)
        found: Ints = np.append(self.values, NOTHING)[np.where(counts > 0, place, len(self.values))]
        return found

    def meets(self, conditions: Ints) -> NDArray[np.bool_]:
        """Whether each item meets each of ``conditions``, bool of shape (n, n_items)."""
        distinct, at = np.unique(conditions, return_inverse=True)
        found = np.zeros((len(distinct), len(self.offsets) - 1), dtype=bool)
        place = np.searchsorted(distinct, self.values)
        inside = np.append(distinct, NOTHING)[place] == self.values
        found[place[inside], self.rows[inside]] = True
        return found[at]
