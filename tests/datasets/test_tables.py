from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from itemvec.columns import INTERACTIONS, ITEMS, QRELS, QUERIES
from itemvec.datasets import DATASETS, Tables
from itemvec.errors import DatasetError


def load(root: Path, **options: Any) -> Tables:
    return DATASETS.build("mine", {"kind": "tables", **options}).load(root)


def test_csv_files(tmp_path: Path) -> None:
    (tmp_path / "items.csv").write_text('item_id,text\n007,"a, b"\n1,"two\nlines"\n')
    (tmp_path / "interactions.csv").write_text("user_id,item_id,timestamp\nu,1,2024-01-02\nu,007,2024-01-01\n")
    (tmp_path / "queries.csv").write_text("query_id,text\nq,find a\n")
    (tmp_path / "qrels.csv").write_text("query_id,item_id\nq,007\n")
    tables = load(tmp_path)
    assert tables.items.to_pylist() == [{"item_id": "007", "text": "a, b"}, {"item_id": "1", "text": "two\nlines"}]
    assert tables.interactions["item_id"].to_pylist() == ["007", "1"]  # by time
    assert tables.queries.to_pylist() == [{"query_id": "q", "text": "find a", "group": "given"}]
    assert tables.qrels.to_pylist() == [{"query_id": "q", "item_id": "007", "gain": 1}]
    schemas = [table.schema for table in vars(tables).values()]
    assert schemas == [ITEMS, INTERACTIONS, QUERIES, QRELS]


def test_parquet_and_json_lines(tmp_path: Path) -> None:
    pq.write_table(pa.table({"item_id": [2, 1], "title": ["b", "a"], "brand": ["x", None]}), tmp_path / "items.parquet")
    (tmp_path / "interactions.jsonl").write_text('{"user_id": 5, "item_id": 1, "timestamp": 9, "price": 1.5}\n')
    tables = load(tmp_path, text=["title", "brand"])
    assert tables.items.to_pylist() == [{"item_id": "1", "text": "a"}, {"item_id": "2", "text": "b. x"}]
    assert tables.interactions.to_pylist() == [{"user_id": "5", "item_id": "1", "timestamp": 9}]
    assert len(tables.queries) == len(tables.qrels) == 0


@pytest.mark.parametrize(
    ("files", "options", "said"),
    [
        ({}, {}, r"items\.csv is missing; put it there"),
        ({"items.csv": "item_id,txt\n1,a\n"}, {}, "items: column 'text' is missing; did you mean 'txt'"),
        ({"items.csv": "id,text\n1,a\n"}, {}, "items: column 'item_id' is missing"),
        ({"items.csv": "item_id,text\n1,a\n"}, {"text": ["title"]}, "items: column 'title' is missing"),
        ({"items.csv": "item_id,text\n1,a\n", "items.jsonl": "{}"}, {}, "items.csv and items.jsonl both exist"),
        (
            {"items.csv": "item_id,text\n1,a\n", "interactions.csv": "user_id,item_id\nu,1\n"},
            {},
            "interactions: column 'timestamp' is missing",
        ),
        (
            {"items.csv": "item_id,text\n1,a\n", "interactions.csv": "user_id,item_id,timestamp\nu,1,soon\n"},
            {},
            r"interactions: .*'soon'.*; expected user_id \(string\), item_id \(string\), timestamp \(int64\)",
        ),
    ],
)
def test_what_does_not_fit_is_said(tmp_path: Path, files: dict[str, str], options: dict[str, Any], said: str) -> None:
    for name, content in files.items():
        (tmp_path / name).write_text(content)
    with pytest.raises(DatasetError, match=said):
        load(tmp_path, **options)
