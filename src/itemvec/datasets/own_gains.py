"""Gains of judgments of your own: numbers, labels, or the least grade that is relevant."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from itemvec.core.columns import GAIN
from itemvec.core.errors import DatasetError
from itemvec.core.shown import shown
from itemvec.datasets.column_names import plain, role_of
from itemvec.datasets.gains import gains_of, numbers, say_all_relevant
from itemvec.datasets.own_files import OwnFiles, OwnTable
from itemvec.datasets.raw_tables import read

Labels = Mapping[Any, float]
ADVICE = "write the least grade that is relevant as `gain: 2`, or a gain for each label, into its row"
NUMBERED = ("rank", "position", "id", "row", "index", "page", "price", "count", "clicks", "time", "date", "year")

NUMBER = r"^\s*[+-]?\d+(\.\d+)?\s*$"


def own_gains(files: OwnFiles, judgments: OwnTable, name: str | None, gain: Labels | float | None) -> Any:
    """The gain of each judgment, float64.

    Parameters
    ----------
    name
        Column of the gains; None if every judgment has gain 1.
    gain
        A gain for each label; or the least grade that is relevant, below which the gain is 0.

    Raises
    ------
    DatasetError
        A label has no gain, or is no number; or there is no such column, but one that looks like it.
    """
    where, rows = judgments.path, judgments.table.num_rows
    if name is None or name not in judgments:
        if name is not None:
            _refuse_unread(files, judgments, name)
        return pa.repeat(pa.scalar(1.0), rows)
    column = judgments.column(name).combine_chunks()
    if isinstance(gain, Mapping):
        return _labelled(column, {str(label): value for label, value in gain.items()}, where)
    found = numbers(column, where, name)
    if gain is None:
        say_all_relevant(found, where, ADVICE)
        return found
    return pc.if_else(pc.less(found, float(gain)), 0.0, found)


def _labelled(column: Any, gains: dict[str, float], where: Path) -> Any:
    """Labels that are numbers match as numbers: ``2`` is ``2.0``."""
    labels = pc.utf8_trim_whitespace(column.cast(pa.string()))
    return gains_of(pc.replace_substring_regex(labels, r"^([+-]?\d+)\.0+$", r"\1"), gains, where)


def _refuse_unread(files: OwnFiles, judgments: OwnTable, name: str) -> None:
    """A judgments file whose numbers would go unread."""
    for other in judgments.others:
        if role_of(other) == GAIN or (_looks_graded(files, judgments, other) and not _is_numbered(other)):
            raise DatasetError(
                f"{judgments.path}: has no column {name!r}, and column {shown(other)} would go unread; write "
                f"`columns: {{gain: {plain(other)}}}` into its row, or `columns: {{gain: []}}` if every row is relevant"
            )


def _looks_graded(files: OwnFiles, judgments: OwnTable, other: str) -> bool:
    """Whether the first values of an unread column are numbers."""
    table, _ = read(judgments.path, [other], files.form)
    if other not in table.column_names or not len(table):
        return False
    values = table[other].slice(0, 1000).combine_chunks()
    if pa.types.is_string(values.type):
        values = values.filter(pc.match_substring_regex(values, r"\S"))
        return len(values) > 0 and bool(pc.all(pc.match_substring_regex(values, NUMBER)).as_py())
    return bool(pa.types.is_integer(values.type) or pa.types.is_floating(values.type))


def _is_numbered(name: str) -> bool:
    return not set(re.split(r"[^a-z]+", plain(name))).isdisjoint(NUMBERED)
