"""Excel files, as far as openpyxl is there; without it they are named with what to install."""

import builtins
import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from itemvec.core.errors import DatasetError
from itemvec.datasets import DATASETS, Tables
from itemvec.datasets.reading import recorded


def load(root: Path) -> Tables:
    return DATASETS.build("mine", {"kind": "tables"}).load(root)


def write(path: Path, *rows: list[Any], more: str | None = None) -> None:
    book = Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append(row)
    if more:
        book.create_sheet(more)
    book.save(path)


def test_the_first_sheet_is_a_table(tmp_path: Path) -> None:
    write(
        tmp_path / "items.xlsx",
        ["Item_ID", "text", "price"],
        [1, "a", 2.5],
        [2, "b", None],
        [None, None, None],
        more="old",
    )
    write(tmp_path / "interactions.xlsx", ["user_id", "item_id", "timestamp"], ["u", 1.0, dt.datetime(2024, 2, 28, 21)])
    with recorded() as reading:
        tables = load(tmp_path)
    assert tables.items.to_pylist() == [{"item_id": "1", "text": "a"}, {"item_id": "2", "text": "b"}]
    assert tables.interactions.to_pylist() == [{"user_id": "u", "item_id": "1", "timestamp": 1709154000}]
    assert "items.xlsx: guessed: of 2 sheets 'Sheet' is read, which is the longest" in reading.lines
    assert "items.xlsx: not read: columns 'price'" in reading.lines


def test_a_sheet_of_remarks_and_a_title_are_no_table(tmp_path: Path) -> None:
    book = Workbook()
    assert book.active is not None
    book.active.append(["Export of March, do not change"])
    sheet = book.create_sheet("Products")
    sheet["A1"] = "Catalogue 2024"
    sheet.merge_cells("A1:C1")
    for row in ([], ["item_id", "text", "price"], [1, "a", 2.5], [2, "b", None]):
        sheet.append(row)
    book.save(tmp_path / "items.xlsx")
    with recorded() as reading:
        tables = load(tmp_path)
    assert tables.items.to_pylist() == [{"item_id": "1", "text": "a"}, {"item_id": "2", "text": "b"}]
    assert reading.lines[:2] == [
        "items.xlsx: guessed: of 2 sheets 'Products' is read, which is the longest",
        "items.xlsx: 1 row left out: it is above the names of the columns, as a title is",
    ]


@pytest.mark.parametrize("rows", [[], [[None, None]]])
def test_an_empty_sheet_is_named(tmp_path: Path, rows: list[list[Any]]) -> None:
    write(tmp_path / "items.xlsx", *rows)
    with pytest.raises(DatasetError, match=r"items\.xlsx is empty; put the names of the columns into the first row"):
        load(tmp_path)


def test_a_torn_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "items.xlsx").write_bytes(b"PK\x03\x04 torn")
    with pytest.raises(DatasetError, match=r"items\.xlsx cannot be read: "):
        load(tmp_path)


def test_without_openpyxl_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "items.xlsx", ["item_id", "text"], [1, "a"])
    whole = builtins.__import__

    def without(name: str, *rest: Any, **more: Any) -> Any:
        if name == "openpyxl":
            raise ImportError(name)
        return whole(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(DatasetError, match=r"needs openpyxl; run `pip install 'itemvec\[excel\]'`, or save it as CSV"):
        load(tmp_path)
