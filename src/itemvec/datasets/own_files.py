"""Files of a catalogue of your own: which there are, and which of their columns are meant."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from itemvec.core.columns import (
    CLICKED,
    DWELL,
    GAIN,
    GROUP,
    ITEM,
    PART,
    POSITION,
    QUERY,
    SESSION,
    TEXT,
    TIME,
    USER,
)
from itemvec.core.errors import DatasetError
from itemvec.datasets.column_names import missing, say_unused
from itemvec.datasets.delimited import Form
from itemvec.datasets.raw_tables import PACKINGS, SUFFIXES, ids, read, strings

Role = (
    Literal["item_id", "text", "user_id", "timestamp", "split", "query_id", "query", "group", "gain"]
    | Literal["position", "clicked", "dwell", "session"]
)
ROLES = (ITEM, TEXT, USER, TIME, PART, QUERY, "query", GROUP, GAIN, POSITION, CLICKED, DWELL, SESSION)
TableName = Literal["items", "interactions", "queries", "qrels", "judgments", "clicks"]


@dataclass(frozen=True)
class OwnTable:
    """One table as it stands in a file.

    columns
        Role -> its column, an Arrow array; only roles that the file has.
    others
        Names of the columns that nobody asked for.
    """

    path: Path
    table: Any
    others: list[str]

    def __contains__(self, name: str) -> bool:
        return name in self.table.column_names

    def column(self, name: str, role: str = "") -> Any:
        """A column that must be there; ``role`` is what it is for, where its name does not say so.

        Raises
        ------
        DatasetError
            It is missing.
        """
        if name not in self:
            raise missing(self.path, name, [*self.table.column_names, *self.others], role)
        return self.table[name]

    def strings(self, name: str, role: str = "") -> Any:
        """A column of strings or whole numbers that must be there, as one Arrow array of strings."""
        self.column(name, role)
        return strings(self.table, name, self.path).combine_chunks()

    def ids(self, name: str, role: str = "") -> Any:
        """The same as one Arrow dictionary, which holds each string once."""
        self.column(name, role)
        return ids(self.table, name, self.path)


@dataclass(frozen=True)
class OwnFiles:
    """The folder, how its files are written, and how their columns are called: in all, and in each table alone."""

    root: Path
    form: Form
    columns: Mapping[str, list[str]]
    own: Mapping[str, Mapping[str, list[str]]] = field(default_factory=dict)
    taken: tuple[str, ...] = ()  # names of files that are read as something else

    def of(self, table: TableName) -> OwnFiles:
        """The same, with the names that the columns have in one table."""
        return replace(self, columns={**self.columns, **self.own.get(table, {})})

    def name(self, role: str) -> str:
        """The column of a role; that of the text may be several, which ``names`` tells."""
        return (self.columns.get(role) or [role])[0]

    def names(self, role: str) -> list[str]:
        """The columns of a role; none where the row says so."""
        return list(self.columns.get(role, [role]))

    def read(
        self, name: str, wanted: Iterable[str], open_roles: Iterable[str] = (), encoded: Collection[str] = ()
    ) -> OwnTable | None:
        """The one file of that name; None where there is none.

        Parameters
        ----------
        wanted
            Names of the columns to read, as far as they are there.
        open_roles
            Optional roles of the table; a column that looks like one that is not filled is named.
        encoded
            Names of the columns that are asked for as ``ids``.

        Raises
        ------
        DatasetError
            There are two, or one of almost that name, which would go unread.
        """
        path = find_file(self.root, name, self.taken)
        return None if path is None else self.read_file(path, wanted, open_roles, encoded)

    def read_file(
        self, path: Path, wanted: Iterable[str], open_roles: Iterable[str] = (), encoded: Collection[str] = ()
    ) -> OwnTable:
        """The columns of a file, and the names of those that go unread."""
        found = OwnTable(path, *read(path, dict.fromkeys(wanted), self.form, encoded))
        unfilled = [role for role in open_roles if self.name(role) not in found]
        advice = {role: f"`columns: {{{role}: NAME}}` into its row" for role in unfilled}
        if found.others:
            say_unused(path, found.others, advice)
        return found


def find_file(root: Path, name: str, taken: tuple[str, ...] = ()) -> Path | None:
    """The one file of a table, whatever its form; those called ``taken`` are read as something else.

    Raises
    ------
    DatasetError
        There are two, or one of almost that name, which would go unread.
    """
    paths = (root / f"{name}{suffix}{packing}" for suffix in SUFFIXES for packing in PACKINGS)
    found = [path for path in paths if path.exists()]
    if len(found) > 1:
        raise DatasetError(f"{root}: {' and '.join(path.name for path in found)} both exist; keep one")
    if found:
        return found[0]
    if near := like(root, name, taken):
        expected = ", ".join(f"{name}{suffix}" for suffix in SUFFIXES)
        raise DatasetError(f"{near} is not read; expected one of {expected}")
    return None


def like(root: Path, name: str, taken: tuple[str, ...] = ()) -> Path | None:
    """A file in another format, or of another spelling, that was meant to be read."""
    spellings = {name, name.removesuffix("s"), name.removesuffix("ies") + "y", *SPELLINGS.get(name, ())}
    for path in sorted(root.glob("*")):
        own = path.name.split(".")[0].strip().lower()
        if own in spellings and own not in taken and path.is_file():
            return path
    return None


# Other names of the tables, by which a file is likely to be meant.
SPELLINGS = {
    "items": ("products", "product", "catalogue", "catalog", "documents", "docs", "corpus"),
    "interactions": ("clicks", "events", "ratings", "orders", "purchases", "sessions"),
    "queries": ("searches", "topics"),
    "qrels": ("qrel", "judgments", "judgements", "judgment", "labels", "relevance"),
}
