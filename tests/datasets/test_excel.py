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
    assert "items.xlsx: guessed: of 2 sheets the first is read, 'Sheet'" in reading.lines
    assert "items.xlsx: not read: columns 'price'" in reading.lines


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
