"""The only module that imports openpyxl: the longest sheet of an Excel file as strings."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from pathlib import Path
from typing import Any

import pyarrow as pa

from itemvec.core.errors import DatasetError
from itemvec.core.shown import shown
from itemvec.datasets.column_names import find
from itemvec.datasets.raw_files import cannot, present
from itemvec.datasets.reading import mark_cut, note, row_limit

TITLES = 20  # rows, among the first of which the names of the columns stand


def read_excel(path: Path, wanted: Iterable[str]) -> tuple[Any, list[str]]:
    """The ``wanted`` columns that are there, as strings, and the names of the others.

    Raises
    ------
    DatasetError
        openpyxl is not installed, or the file is missing, torn or empty.
    """
    try:
        from openpyxl import load_workbook
    except ImportError:
        raise DatasetError(f"{path}: needs openpyxl; run `pip install 'itemvec[excel]'`, or save it as CSV") from None
    try:
        book = load_workbook(present(path), read_only=True, data_only=True)
    except Exception as error:  # of zipfile, of XML, of openpyxl: it has no base of its own
        raise cannot(path, error) from None
    sheet = max(book.worksheets, key=lambda one: one.max_row or 0)  # the first of equally long ones
    if len(book.worksheets) > 1:
        note("guessed", path, f"of {len(book.worksheets)} sheets {shown(sheet.title)} is read, which is the longest")
    header, rows = _divided(sheet.iter_rows(values_only=True), path)
    names = ["" if name is None else str(name) for name in header]
    if not any(names):
        raise DatasetError(f"{path} is empty; put the names of the columns into the first row of the first sheet")
    found, limit = find(names, wanted, path), row_limit()
    kept = [row for row in islice(rows, None if limit is None else limit + 1) if any(cell is not None for cell in row)]
    if limit is not None and len(kept) > limit:
        mark_cut()
    columns = {name: [_text(row[place]) for row in kept[:limit]] for name, place in found.places.items()}
    return pa.table({name: pa.array(values, pa.string()) for name, values in columns.items()}), found.others


def _divided(rows: Iterator[tuple[Any, ...]], path: Path) -> tuple[tuple[Any, ...], Iterator[tuple[Any, ...]]]:
    """The names of the columns, and the rows below: names are the first row with two of them, as a title has one."""
    first = list(islice(rows, TITLES))
    filled = [sum(cell is not None for cell in row) for row in first]
    place = next((place for place, count in enumerate(filled) if count > 1), 0)
    if place:
        note("left out", path, "it is above the names of the columns, as a title is", sum(map(bool, filled[:place])))
    return first[place] if first else (), chain(first[place + 1 :], rows)


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():  # Excel knows no whole numbers
        return str(int(cell))
    return cell.isoformat(sep=" ") if isinstance(cell, dt.datetime) else str(cell)
