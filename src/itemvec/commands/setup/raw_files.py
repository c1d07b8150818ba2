"""What a user hands in: raw files, and what is said about them on the command line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from itemvec.commands.setup.role_names import WORDS
from itemvec.core.columns import GAIN, TIME
from itemvec.core.errors import DatasetError, ParamsError
from itemvec.core.registry import suggest
from itemvec.datasets.delimited import Form
from itemvec.datasets.own_files import ROLES
from itemvec.datasets.quotes import Quotes
from itemvec.datasets.raw_tables import JSON_SUFFIXES, PACKINGS, SUFFIXES, form_of
from itemvec.datasets.text_encoding import checked

TABLES = ("items", "interactions", "queries", "qrels", "judgments", "clicks")
EMPTY = (GAIN, TIME)  # roles that may be said to have no column


@dataclass(frozen=True)
class Given:
    """Raw files and options.

    judgments
        Which item is relevant to which query.
    clicks
        Beside judgments a log of impressions, which trains; without them, judgments without a grade.
    columns
        Role, or ``table.role``, -> the columns that have it.
    row
        Options of the row of the data set that were given, as they stand there.
    """

    items: Path | None = None
    interactions: Path | None = None
    queries: Path | None = None
    judgments: Path | None = None
    clicks: Path | None = None
    columns: Mapping[str, list[str]] = field(default_factory=dict)
    row: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if "encoding" in self.row:
            checked(self.row["encoding"], "init")

    @property
    def judged(self) -> Path | None:
        """The file of judgments or clicks."""
        return self.judgments or self.clicks

    @property
    def log(self) -> Path | None:
        """The file of clicks that only train, since there are judgments."""
        return self.clicks if self.judgments else None

    @property
    def paths(self) -> list[Path]:
        """All files."""
        found = (self.items, self.interactions, self.queries, self.judged, self.log)
        return [path for path in found if path is not None]

    @property
    def form(self) -> Form:
        """How delimited files are written, as far as the options say so."""
        quotes: Quotes = self.row.get("quotes", "doubled")
        return Form(self.row.get("separator"), quotes, self.row.get("encoding"))

    def of(self, table: str) -> dict[str, list[str]]:
        """The columns that were named for the roles of one table."""
        everywhere = {role: names for role, names in self.columns.items() if "." not in role}
        return everywhere | {
            key.partition(".")[2]: names for key, names in self.columns.items() if key.startswith(f"{table}.")
        }


def columns_of(texts: tuple[str, ...]) -> dict[str, list[str]]:
    """``--columns item_id=product_uid,text=title+description`` as role -> columns.

    Raises
    ------
    ParamsError
        A role is unknown, or has no column.
    """
    found: dict[str, list[str]] = {}
    for part in (part for text in texts for part in text.split(",") if part.strip()):
        key, equals, value = part.partition("=")
        table, _, role = key.strip().rpartition(".")
        if role not in ROLES or (table and table not in TABLES):
            raise ParamsError(f"--columns: {key.strip()!r} is no role{suggest(role, ROLES)}")
        names = [name for name in value.split("+") if name]
        if not equals or (not names and role not in EMPTY):
            raise ParamsError(f"--columns: {part!r} names no column; write {key.strip()}=NAME")
        found[key.strip()] = names
    return found


def canonical(table: str, path: Path) -> str:
    """Name of the file of a table in the data set: ``items.csv.gz``."""
    suffix = form_of(path)
    suffix = ".jsonl" if suffix in JSON_SUFFIXES else suffix if suffix in SUFFIXES else ".csv"
    packing = next((one for one in PACKINGS[1:] if path.name.lower().endswith(one)), "")
    return f"{table}{suffix}{packing}"


def is_unjudged(names: Iterable[str]) -> bool:
    """Whether files of a data set, as ``canonical`` calls them, have queries without judgments."""
    tables = {name.split(".")[0] for name in names}
    return "queries" in tables and "qrels" not in tables


def what(role: str) -> str:
    """A role in words."""
    return {WORDS: "the words of the query", TIME: "the time", GAIN: "the grade"}.get(role, role)


def unknown_column(path: Path, role: str, name: str, known: list[str]) -> DatasetError:
    """The error that a column that was named is not there."""
    return DatasetError(f"{path}: --columns {role}={name}: there is no such column{suggest(name, known)}")
