"""The four tables of a catalogue of your own, from files with the columns of each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from itemvec.core.columns import GAIN, GROUP, ITEM, PART, QUERY, TEXT, TIME, USER
from itemvec.datasets.base import GIVEN
from itemvec.datasets.counted_times import Unit
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
        names = self.text_names
        found = self.files.read("items", [self.files.name(ITEM), *names])
        if found is None:
            present(self.files.root / "items.csv")
            raise AssertionError
        texts = self.texts(found)
        items = pa.table({ITEM: found.strings(self.files.name(ITEM), ITEM), TEXT: texts})
        return Sourced(found.path, items)

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
        """Who did what when, and the part of each, if the file says so."""
        names = [self.files.name(role) for role in (USER, ITEM, TIME, PART)]
        found = self.files.read("interactions", names, [PART])
        if found is None:
            return None
        for role, name in zip((USER, ITEM), names[:2], strict=True):
            found.column(name, role)  # which must be there
        done = times(found.column(names[2], TIME), found.path, self.unit, names[2])  # before ids are copied
        columns = {role: found.strings(name, role) for role, name in zip((USER, ITEM), names[:2], strict=True)}
        columns[TIME] = done
        if names[3] in found:
            columns[PART] = found.strings(names[3], PART)
        return Sourced(found.path, pa.table(columns))

    def queries(self) -> Sourced | None:
        """Ids and texts, and group and part of each, if the file says so."""
        key, group, part = (self.files.name(role) for role in (QUERY, GROUP, PART))
        text = self.files.name("query") if "query" in self.files.columns else TEXT
        found = self.files.read("queries", [key, text, group, part], [GROUP, PART])
        if found is None:
            return None
        columns = {QUERY: found.strings(key, QUERY), TEXT: found.strings(text, "query"), GROUP: _groups(found, group)}
        if part in found:
            columns[PART] = found.strings(part, PART)
        return Sourced(found.path, pa.table(columns))

    def qrels(self) -> Sourced | None:
        """Which item is how relevant to which query."""
        names = [self.files.name(role) for role in (QUERY, ITEM, GAIN)]
        gain = names[2] if self.files.names(GAIN) else None
        found = self.files.read("qrels", [*names[:2], *([gain] if gain else [])], [GAIN] if gain else [])
        if found is None:
            return None
        columns = {role: found.strings(name, role) for role, name in zip((QUERY, ITEM), names[:2], strict=True)}
        columns[GAIN] = own_gains(self.files, found, gain, self.gain)
        return Sourced(found.path, pa.table(columns))


def distinct(items: Any, path: Path) -> Any:
    """Items of which rows of the same id and the same text are one; counted."""
    if len(pc.unique(items[ITEM])) == len(items):
        return items
    first = items.group_by([ITEM, TEXT], use_threads=False).aggregate([])
    if left := len(items) - len(first):
        note("left out", path, "the item stands there before, with the same text", left)
    return first.select([ITEM, TEXT])


def _groups(found: OwnTable, name: str) -> Any:
    if name not in found:
        return pa.repeat(pa.scalar(GIVEN), found.table.num_rows)
    groups = found.strings(name, GROUP).fill_null("")
    return pc.if_else(pc.equal(groups, ""), GIVEN, groups)
