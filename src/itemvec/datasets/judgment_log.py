"""The log of what one person judged: a CSV file to which lines are added, and none is changed.

The last line of a query and an item counts. A line that is cut off, as by a loss of power, is no line: nobody was told
that it was kept.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from math import inf
from pathlib import Path

from itemvec.core.errors import DatasetError
from itemvec.core.files import write_json

FOLDER = "judgments"  # within the folder of a data set: a file for each person
SCALE = "scale.json"  # there: the gain of each grade
COLUMNS = ("time", "token", "query_id", "item_id", "grade", "gain")
SKIP, UNDO = "skip", "undo"  # in place of a grade: the person does not know; the last line is withdrawn
GAINS = (0.0, 1.0, 2.0, 3.0)  # of the grades from 0
WHO = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")  # it becomes the name of a file

Pair = tuple[str, str]  # query and item


@dataclass(frozen=True)
class Line:
    """One judgment.

    time
        UTC, as ``2026-02-28T21:00:00Z``.
    token
        Made by the page for each judgment, so that one that is sent twice is kept once.
    grade
        A number from 0, ``skip`` or ``undo``.
    gain
        Of the grade; None without one.
    """

    time: str
    token: str
    query: str
    item: str
    grade: str
    gain: float | None

    @property
    def pair(self) -> Pair:
        """What was judged."""
        return self.query, self.item

    def written(self) -> bytes:
        """The line as it stands in the file."""
        text = io.StringIO()
        row = [self.time, self.token, self.query, self.item, self.grade, "" if self.gain is None else f"{self.gain:g}"]
        returns = any("\r" in one for one in row)  # which csv takes for the end of a line
        writer = partial(csv.writer, text, lineterminator="\n")
        (writer(quoting=csv.QUOTE_ALL) if returns else writer()).writerow(row)
        return text.getvalue().encode()


def parsed(content: bytes, path: Path) -> tuple[list[Line], int]:
    """The lines of a file, and how many bytes of it are whole lines.

    Raises
    ------
    DatasetError
        A line is none, other than the last one.
    """
    found: list[Line] = []
    whole, pending = 0, b""
    for piece in _pieces(content):
        pending += piece
        if pending.count(b'"') % 2 or not pending.endswith(b"\n"):
            continue  # a value holds a line break, or the file was cut off here
        if whole:
            found.append(_line(pending, path, len(found) + 1))
        elif next(csv.reader([pending.decode(errors="replace")])) != list(COLUMNS):
            raise DatasetError(f"{path}: its first line is not {','.join(COLUMNS)}; move the file away")
        whole += len(pending)
        pending = b""
    return found, whole


def _pieces(content: bytes) -> list[bytes]:
    """Pieces that end with a line feed; ``splitlines`` knows more ends of lines."""
    parts = content.split(b"\n")
    return [part + b"\n" for part in parts[:-1]] + ([parts[-1]] if parts[-1] else [])


def _line(raw: bytes, path: Path, number: int) -> Line:
    try:
        (values,) = csv.reader(io.StringIO(raw.decode(), newline=""))
        *texts, grade, gain = values
        time, token, query, item = texts
        if (grade in (SKIP, UNDO)) == bool(gain) or not (grade in (SKIP, UNDO) or grade.isdecimal()):
            raise ValueError(grade)
        if gain and not 0 <= float(gain) < inf:
            raise ValueError(gain)
        return Line(time, token, query, item, grade, float(gain) if gain else None)
    except (ValueError, csv.Error):
        raise DatasetError(
            f"{path}: judgment {number:,} is none; expected {','.join(COLUMNS)}, found {raw[:80]!r}; mend that line"
        ) from None


def read_log(path: Path) -> list[Line]:
    """All whole lines of a file, the earliest first.

    Raises
    ------
    DatasetError
        A line is none.
    """
    return parsed(path.read_bytes(), path)[0]


def last_lines(lines: Iterable[Line]) -> dict[Pair, Line]:
    """The line of each pair that counts; none where it was withdrawn."""
    found: dict[Pair, Line] = {}
    for one in lines:
        found.pop(one.pair, None)  # so that the order is that of the last lines
        if one.grade != UNDO:
            found[one.pair] = one
    return found


def is_judging(root: Path) -> bool:
    """Whether people judge this data set: queries without a relevant item are then kept, to be searched and judged."""
    return (root / FOLDER).is_dir()


def begin_judging(root: Path, gains: Sequence[float] = GAINS) -> None:
    """Make the folder, with the gain of each grade from 0."""
    write_json(root / FOLDER / SCALE, {"gains": [float(gain) for gain in gains]})


def logs(root: Path) -> dict[str, Path]:
    """The file of each person who judged the data set below ``root``, in order of names."""
    found = {path.stem: path for path in sorted((root / FOLDER).glob("*.csv"))}
    if wrong := next((one for one in found if not WHO.fullmatch(one)), None):
        raise DatasetError(f"{found[wrong]}: its name may hold letters, digits, '_' and '-' alone; rename it")
    return found
