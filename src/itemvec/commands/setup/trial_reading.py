"""A data set read once before it is kept: its tables, and what cannot be used of its files."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow.compute as pc

from itemvec.commands.setup.raw_files import is_unjudged
from itemvec.commands.setup.understanding import Understanding
from itemvec.core.columns import ITEM
from itemvec.core.errors import DatasetError
from itemvec.core.params import Row
from itemvec.datasets import DATASETS, Tables
from itemvec.datasets.encoded_ids import is_among
from itemvec.datasets.judgment_log import begin_judging
from itemvec.datasets.reading import Reading, Remark, attempt, problem, recorded

MOST = 0.5  # share of the interactions with unknown items, from which a column is not what it is taken for


@dataclass(frozen=True)
class Outcome:
    """Tables of all rows, the row that reads them, and remarks; ``problems`` is what made the row drop rows."""

    tables: Tables
    row: Row
    remarks: list[Remark]
    lines: list[str]
    problems: list[str]


def read_once(name: str, found: Understanding, strict: bool) -> Outcome:
    """Read all rows of the files, where they lie.

    What cannot be used is left out and counted (``on_error: drop``) unless ``strict``.

    Raises
    ------
    DatasetError
        Something cannot be read at all; or, if ``strict``, cannot be used.
    """
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / name
        root.mkdir()
        for own, path in found.files.items():
            (root / own).symlink_to(path.resolve())
        if is_unjudged(found.files):
            begin_judging(root)
        words = _words(root, found.files)
        with recorded(collects=True) as reading:
            tables = attempt(lambda: DATASETS.build(name, found.row).load(root))
            _check_items(tables)
        if tables is not None and not reading.problems:
            return _outcome(tables, found.row, reading, [], words)
        problems = [_in(words, problem) for problem in reading.problems]
        if strict or found.row["kind"] != "tables":
            raise DatasetError("\n".join(problems))
        row, tables = {**found.row, "on_error": "drop"}, None  # else all would be in memory twice
        with recorded() as reading:
            try:
                tables = DATASETS.build(name, row).load(root)
            except DatasetError:
                raise DatasetError("\n".join(problems)) from None
        _check_known(tables, reading)
        return _outcome(tables, row, reading, problems, words)


def _outcome(tables: Tables, row: Row, reading: Reading, problems: list[str], words: dict[str, str]) -> Outcome:
    remarks = [Remark(one.kind, words.get(one.file, one.file), one.what, one.rows) for one in reading.remarks]
    lines = list(dict.fromkeys(one.line for one in remarks))
    return Outcome(tables, row, remarks, lines, problems)


def _check_items(tables: Tables | None) -> None:
    """A file of judgments is not surveyed, so interactions beside it may be with items that are not there."""
    if tables is None:
        return
    unknown = pc.invert(is_among(tables.interactions[ITEM], tables.items[ITEM]))
    if count := pc.sum(unknown).as_py():
        problem(f"interactions: {count:,} rows are with items that are not there")


def _check_known(tables: Tables, reading: Reading) -> None:
    """Rows that are left out because their item is unknown must not be most."""
    left = sum(one.rows or 0 for one in reading.remarks if one.what.startswith("the interaction is with an item"))
    if left > MOST * (len(tables.interactions) + left):
        raise DatasetError(
            f"interactions: {left:,} of {len(tables.interactions) + left:,} are with items that the file of items does "
            "not have; name the columns of the ids: --columns items.item_id=NAME,interactions.item_id=NAME"
        )


def _words(root: Path, files: Mapping[str, Path]) -> dict[str, str]:
    """What stands for a place of the trial in messages: the file that the user named."""
    paths = {str(root / own): str(path) for own, path in files.items()}
    return paths | {own: path.name for own, path in files.items()} | {str(root): root.name}


def _in(words: Mapping[str, str], text: str) -> str:
    for place in sorted(words, key=len, reverse=True):
        if place.startswith("/"):
            text = text.replace(place, words[place])
    return text
