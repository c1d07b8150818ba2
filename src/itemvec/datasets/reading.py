"""What was left out, changed, guessed and not read while raw files became tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, TypeVar

from itemvec.core.errors import DatasetError
from itemvec.core.progress import say

T = TypeVar("T")
Kind = Literal["left out", "changed", "guessed", "not read", "noticed"]


@dataclass(frozen=True)
class Remark:
    """One thing that was done to a file.

    rows
        How many rows it was done to; None where it is about the whole file.
    """

    kind: Kind
    file: str
    what: str
    rows: int | None = None

    @property
    def line(self) -> str:
        """``items.csv: 3 rows left out: the text is empty``."""
        counted = "" if self.rows is None else "1 row " if self.rows == 1 else f"{self.rows:,} rows "
        return f"{self.file}: {counted}{self.kind}: {self.what}"


@dataclass
class Reading:
    """Everything that is to be said of one reading of a data set.

    limit
        How many rows of each file are read; None reads all.
    collects
        Whether a problem is noted and reading goes on, instead of an error.
    cut
        Whether a file had more rows than ``limit``, so that tables may not fit together.
    """

    limit: int | None = None
    collects: bool = False
    cut: bool = False
    remarks: list[Remark] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def facts(self) -> dict[str, list[dict[str, Any]]]:
        """Remarks by kind, for a results file."""
        found: dict[str, list[dict[str, Any]]] = {}
        for one in self.remarks:
            rows = {} if one.rows is None else {"rows": one.rows}
            found.setdefault(one.kind, []).append({"file": one.file, "what": one.what} | rows)
        return found

    @property
    def lines(self) -> list[str]:
        """Remarks as sentences, each once."""
        return list(dict.fromkeys(one.line for one in self.remarks))


_CURRENT: ContextVar[Reading | None] = ContextVar("reading", default=None)


@contextmanager
def recorded(limit: int | None = None, collects: bool = False) -> Iterator[Reading]:
    """Have all that is read within the block remarked in one ``Reading``."""
    reading = Reading(limit, collects)
    token = _CURRENT.set(reading)
    try:
        yield reading
    finally:
        _CURRENT.reset(token)


def note(kind: Kind, where: Path, what: str, rows: int | None = None) -> None:
    """Remark something; without a ``Reading`` it is said at once."""
    remark, reading = Remark(kind, where.name, what, rows), _CURRENT.get()
    if reading is None:
        say(remark.line)
    elif remark not in reading.remarks:
        reading.remarks.append(remark)


def problem(message: str) -> None:
    """Something that cannot be used.

    Raises
    ------
    DatasetError
        Unless problems are collected; then the caller goes on with what is left.
    """
    reading = _CURRENT.get()
    if reading is None or not reading.collects:
        raise DatasetError(message)
    if message not in reading.problems:
        reading.problems.append(message)


def attempt(function: Callable[[], T]) -> T | None:
    """What ``function`` returns; None where it fails and problems are collected."""
    try:
        return function()
    except DatasetError as error:
        problem(error.message)
        return None


def is_collecting() -> bool:
    """Whether problems are collected instead of raised."""
    reading = _CURRENT.get()
    return reading is not None and reading.collects


def row_limit() -> int | None:
    """How many rows of each file to read; None for all."""
    reading = _CURRENT.get()
    return reading.limit if reading else None


def is_sample() -> bool:
    """Whether some file was not read to its end, so that what is missing elsewhere proves nothing."""
    reading = _CURRENT.get()
    return reading is not None and reading.cut


def mark_cut() -> None:
    """Remember that a file has more rows than were read."""
    if reading := _CURRENT.get():
        reading.cut = True
