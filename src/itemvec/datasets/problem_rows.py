"""Rows that cannot be used, named by the first of them."""

from __future__ import annotations

from typing import Any

import pyarrow.compute as pc

from itemvec.core.shown import shown
from itemvec.datasets.reading import problem

DATED = "write a whole number, or a date as 2024-02-28 21:00:00"


def first_row(mask: Any) -> int:
    """Number of the first row where ``mask``, an Arrow array, is true; rows count from 1, without the header."""
    return int(pc.index(mask, True).as_py()) + 1


def refuse(bad: Any, values: Any, what: str, advice: str) -> None:
    """Name the first of the rows where the Arrow array ``bad`` is true, its value, and how many there are.

    Raises
    ------
    DatasetError
        There is one, unless problems are collected.
    """
    count = pc.sum(bad).as_py() or 0
    if count:
        row = first_row(bad)
        more = f" and {count - 1:,} more" if count > 1 else ""
        problem(f"{what}: {shown(values[row - 1].as_py())} in row {row:,}{more}; {advice}")
