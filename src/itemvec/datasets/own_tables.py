"""The four tables of a catalogue of your own, from files with the columns of each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from itemvec.core.columns import GAIN, GROUP, ITEM, PART, QUERY, TEXT, TIME, USER
from itemvec.datasets.attributes import values_of
from itemvec.datasets.base import GIVEN
from itemvec.datasets.counted_times import Unit
from itemvec.datasets.encoded_ids import in_order
from itemvec.datasets.events import event_values
from itemvec.datasets.html_text import has_tags, plain
from itemvec.datasets.item_text import fields_of, filled, joined
from itemvec.datasets.own_files import OwnFiles, OwnTable
from itemvec.datasets.own_gains import Labels, own_gains
from itemvec.datasets.raw_files import present
from itemvec.datasets.reading import attempt, note
from itemvec.datasets.times import times


@dataclass(frozen=True)
class Sourced:
    """A table under our names, its rows as in the file, and the file."""

    path: Path
    table: Any


@dataclass(frozen=True)
class OwnTables:
    """Reads each table of ``files`` by the options of its row."""

    files: OwnFiles
    template: str | None = None
    gain: Labels | float | None = None
    unit: Unit | None = None
    clean: bool = False
    attributes: Sequence[str] = ()
    events: Sequence[str] = ()

    def raw(self) -> dict[str, Sourced | None]:
        """Items, interactions, queries and judgments, those that there are, in this order."""
        readers: dict[str, Callable[[], Sourced | None]] = {
            "items": self.items,
            "interactions": self.interactions,
            "queries": self.queries,
            "qrels": self.qrels,
        }
        return {name: attempt(reader) for name, reader in readers.items()}

    def items(self) -> Sourced:
        """Ids and texts."""
        own = replace(self, files=self.files.of("items"))
        key, names = own.files.name(ITEM), own.text_names
        found = own.files.read("items", [key, *names, *self.attributes])
        if found is None:
            present(self.files.root / "items.csv")
            raise AssertionError
        columns = {ITEM: found.strings(key, ITEM), TEXT: own.texts(found)}
        return Sourced(found.path, pa.table(columns | self.kept(found)))

    def kept(self, found: OwnTable) -> dict[str, Any]:
        """The attributes of each item, Arrow lists of strings."""
        for name in self.attributes:
            found.column(name)  # which must be there
        return {name: values_of(found.table, name, found.path) for name in self.attributes}

    @property
    def text_names(self) -> list[str]:
        """Columns that make the text of an item."""
        return fields_of(self.template, "dataset tables") if self.template else self.files.names(TEXT)

    def texts(self, found: OwnTable) -> Any:
        """The text of each item."""
        columns = {name: found.strings(name, TEXT) for name in self.text_names}
        if self.clean:
            columns = {name: plain(column) for name, column in columns.items()}
        elif tagged := sum(pc.sum(has_tags(column)).as_py() or 0 for column in columns.values()):
            note("not read", found.path, f"{tagged:,} texts hold tags of HTML; `markup: remove` takes them out")
        return filled(self.template, columns) if self.template else joined(list(columns.values()))

    def interactions(self) -> Sourced | None:
        """Who did what when, and the part of each, if the file says so; ids and parts as dictionaries."""
        files = self.files.of("interactions")
        names = [files.name(role) for role in (USER, ITEM, TIME, PART)]
        found = files.read("interactions", [*names, *self.events], [PART], [names[0], names[1], names[3]])
        if found is None:
            return None
        for role, name in zip((USER, ITEM), names[:2], strict=True):
            found.column(name, role)  # which must be there
        timed = bool(files.names(TIME))  # times are read before ids are copied
        done = times(found.column(names[2], TIME), found.path, self.unit, names[2]) if timed else None
        columns = {role: found.ids(name, role) for role, name in zip((USER, ITEM), names[:2], strict=True)}
        columns[USER] = in_order(columns[USER])  # as they will be sorted by
        columns[TIME] = pa.array(np.arange(found.table.num_rows)) if done is None else done
        if names[3] in found:
            columns[PART] = found.ids(names[3], PART)
        columns |= {name: event_values(found.column(name), found.path, name) for name in self.events}
        return Sourced(found.path, pa.table(columns))

    def queries(self) -> Sourced | None:
        """Ids and texts, and group and part of each, if the file says so."""
        files = self.files.of("queries")
        key, group, part = (files.name(role) for role in (QUERY, GROUP, PART))
        text = files.name("query") if "query" in files.columns else TEXT
        found = files.read("queries", [key, text, group, part], [GROUP, PART])
        if found is None:
            return None
        columns = {QUERY: found.strings(key, QUERY), TEXT: found.strings(text, "query"), GROUP: _groups(found, group)}
        if part in found:
            columns[PART] = found.strings(part, PART)
        return Sourced(found.path, pa.table(columns))

    def qrels(self) -> Sourced | None:
        """Which item is how relevant to which query."""
        files = self.files.of("qrels")
        names = [files.name(role) for role in (QUERY, ITEM, GAIN)]
        gain = names[2] if files.names(GAIN) else None
        found = files.read("qrels", [*names[:2], *([gain] if gain else [])], [GAIN] if gain else [])
        if found is None:
            return None
        columns = {role: found.strings(name, role) for role, name in zip((QUERY, ITEM), names[:2], strict=True)}
        columns[GAIN] = own_gains(files, found, gain, self.gain)
        return Sourced(found.path, pa.table(columns))


def _groups(found: OwnTable, name: str) -> Any:
    if name not in found:
        return pa.repeat(pa.scalar(GIVEN), found.table.num_rows)
    groups = found.strings(name, GROUP).fill_null("")
    return pc.if_else(pc.equal(groups, ""), GIVEN, groups)
