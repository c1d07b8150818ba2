"""Ids of interactions as Arrow dictionaries: each id is in memory once, and a row holds its number."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

ENCODED = pa.dictionary(pa.int32(), pa.string())
GROUP = 1 << 27  # bytes of strings that are held before they are encoded


@dataclass
class Encoder:
    """Encodes a column that comes in parts, without ever holding all of its strings.

    Parts are gathered to groups of ``GROUP`` bytes. The strings of a group that are new go behind those that are known,
    so that numbers given before stay.
    """

    waiting: list[Any] = field(default_factory=list)
    numbers: list[Any] = field(default_factory=list)
    known: Any = None
    size: int = 0

    def add(self, part: Any) -> None:
        """Take the next rows of the column."""
        part = part.dictionary_decode() if pa.types.is_dictionary(part.type) else part
        self.waiting.append(part)
        self.size += part.nbytes
        if self.size >= GROUP:
            self._encode()

    def column(self) -> Any:
        """The whole column, one array."""
        self._encode()
        return pa.DictionaryArray.from_arrays(pa.concat_arrays(self.numbers), self.known)

    def _encode(self) -> None:
        if not self.waiting:
            return
        group = pa.chunked_array(self.waiting).dictionary_encode().combine_chunks()
        self.waiting, self.size = [], 0
        if self.known is None:
            self.known = group.dictionary
        else:  # the known ones first, which keep their numbers
            before = pa.DictionaryArray.from_arrays(pa.array([], pa.int32()), self.known)
            group = pa.chunked_array([before, group]).unify_dictionaries().chunk(1)
            self.known = group.dictionary
        self.numbers.append(group.indices)


def gathered(batches: Iterable[Any], schema: pa.Schema, encoded: Collection[str]) -> Any:
    """Record batches as one table in which the columns ``encoded`` are dictionaries, where they hold strings."""
    names = [field.name for field in schema if field.name in encoded and _is_text(field.type)]
    encoders = {name: Encoder() for name in names}
    others = [field.name for field in schema if field.name not in encoders]
    kept: list[Any] = []
    for batch in batches:
        kept.append(batch.select(others))
        for name, encoder in encoders.items():
            encoder.add(batch.column(name))
    rest = pa.Table.from_batches(kept, pa.schema([schema.field(name) for name in others]))
    whole = {name: encoder.column() for name, encoder in encoders.items() if kept}
    empty = {name: pa.array([], schema.field(name).type) for name in encoders if not kept}
    columns = {name: rest[name] for name in others} | whole | empty
    return pa.table([columns[field.name] for field in schema], [field.name for field in schema])


def _is_text(kind: Any) -> bool:
    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def encoded(values: Any) -> Any:
    """A column of strings, or a dictionary of them, as one array of type ``ENCODED``."""
    if not pa.types.is_dictionary(values.type):
        values = values.cast(pa.string()).dictionary_encode()
    if isinstance(values, pa.ChunkedArray):
        values = values.unify_dictionaries().combine_chunks()
    if values.type == ENCODED:
        return values
    return pa.DictionaryArray.from_arrays(values.indices.cast(pa.int32()), values.dictionary.cast(pa.string()))


def in_order(column: Any) -> Any:
    """The same dictionary with its strings sorted, so that numbers compare as strings do; itself if they are."""
    order = pc.sort_indices(column.dictionary).to_numpy()
    places = np.arange(len(order), dtype=np.int32)
    if np.array_equal(order, places):
        return column
    ranks = np.empty_like(places)
    ranks[order] = places
    return pa.DictionaryArray.from_arrays(pa.array(ranks).take(column.indices), column.dictionary.take(pa.array(order)))


def decoded(table: Any) -> Any:
    """A table with its dictionaries as plain strings."""
    columns = [one.cast(pa.string()) if pa.types.is_dictionary(one.type) else one for one in table.columns]
    return pa.table(columns, table.column_names)


def distinct(values: Any) -> Any:
    """Each string of a column once, as they first come; of a plain column or a dictionary."""
    found = pc.unique(values)
    return found.dictionary_decode() if pa.types.is_dictionary(found.type) else found


def of_each(values: Any, function: Callable[[Any], Any]) -> Any:
    """What ``function`` says of each string; of a dictionary, it is asked once for each that there is.

    A missing one in a dictionary is asked for too, as a null among the strings.
    """
    if not pa.types.is_dictionary(values.type):
        return function(values)
    if isinstance(values, pa.ChunkedArray):
        values = values.unify_dictionaries().combine_chunks()
    asked = pa.concat_arrays([values.dictionary, pa.nulls(1, values.dictionary.type)])
    places = values.indices.fill_null(len(values.dictionary))
    return function(asked).take(places)


def is_among(values: Any, known: Any) -> Any:
    """Whether each string of a column, or a dictionary, is among the strings ``known``, which may be either too."""
    strings = distinct(known)
    return of_each(values, lambda asked: pc.is_in(asked, value_set=strings))
