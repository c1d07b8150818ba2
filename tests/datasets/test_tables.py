import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from itemvec.core.columns import DIVIDED, DIVIDED_QUERIES, INTERACTIONS, ITEMS, QRELS, QUERIES
from itemvec.core.errors import DatasetError, ParamsError
from itemvec.datasets import DATASETS, Tables
from itemvec.datasets.encoded_ids import decoded

HEADER = "user_id,item_id,timestamp\n"


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
    schemas = [decoded(table).schema for table in vars(tables).values()]
    assert schemas == [ITEMS, INTERACTIONS, QUERIES, QRELS]


def test_parquet_and_json_lines(tmp_path: Path) -> None:
    pq.write_table(pa.table({"item_id": [2, 1], "title": ["b", "a"], "brand": ["x", None]}), tmp_path / "items.parquet")
    (tmp_path / "interactions.jsonl").write_text('{"user_id": 5, "item_id": 1, "timestamp": 9, "price": 1.5}\n')
    tables = load(tmp_path, text=["title", "brand"])
    assert tables.items.to_pylist() == [{"item_id": "1", "text": "a"}, {"item_id": "2", "text": "b. x"}]
    assert tables.interactions.to_pylist() == [{"user_id": "5", "item_id": "1", "timestamp": 9}]
    assert len(tables.queries) == len(tables.qrels) == 0


@pytest.mark.parametrize("suffix", ["parquet", "jsonl", "csv"])
def test_a_text_that_is_missing_is_empty_and_joins_nothing(tmp_path: Path, suffix: str) -> None:
    rows = [("1", "a", "x"), ("2", "b", None), ("3", None, "y"), ("4", None, None)]
    table = pa.table([list(one) for one in zip(*rows, strict=True)], ["item_id", "title", "brand"])
    path = tmp_path / f"items.{suffix}"
    if suffix == "parquet":
        pq.write_table(table, path)
    elif suffix == "jsonl":
        path.write_text("".join(f"{json.dumps(row)}\n" for row in table.to_pylist()))
    else:
        path.write_text("item_id,title,brand\n" + "".join(",".join(part or "" for part in row) + "\n" for row in rows))
    assert load(tmp_path, text=["title", "brand"]).items["text"].to_pylist() == ["a. x", "b", "y", ""]
    if suffix != "csv":
        assert load(tmp_path, text=["brand"]).items["text"].to_pylist() == ["x", "", "y", ""]


def test_texts_and_ids_stay_as_they_are_written(tmp_path: Path) -> None:
    (tmp_path / "items.csv").write_text("item_id,title,size\n2024-01-02,1e5,0.10\n")
    assert load(tmp_path, text=["title", "size"]).items.to_pylist() == [{"item_id": "2024-01-02", "text": "1e5. 0.10"}]
    (tmp_path / "items.csv").unlink()
    lines = '{"item_id": "2024-01-02", "text": "a"}\n{"item_id": "2024-01-02T00:00:00Z", "text": "b"}\n'
    (tmp_path / "items.jsonl").write_text(lines)
    assert load(tmp_path).items["item_id"].to_pylist() == ["2024-01-02", "2024-01-02T00:00:00Z"]


def test_times_keep_their_order_below_a_second(tmp_path: Path) -> None:
    (tmp_path / "items.csv").write_text("item_id,text\n1,a\n2,b\n")
    times = ["2024-01-01T00:00:00.000002", "2024-01-01T00:00:00.000001"]
    (tmp_path / "interactions.csv").write_text(f"user_id,item_id,timestamp\nu,1,{times[0]}\nu,2,{times[1]}\n")
    assert load(tmp_path).interactions["item_id"].to_pylist() == ["2", "1"]


def test_a_long_text_with_a_line_break_is_one_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("itemvec.datasets.delimited.BLOCK", 64)
    rows = [f'{row},"first line of {row}\nsecond line"' for row in range(40)]
    (tmp_path / "items.csv").write_text("item_id,text\n" + "\n".join(rows) + "\n")
    assert len(load(tmp_path).items) == 40


def test_a_query_without_a_group_is_given(tmp_path: Path) -> None:
    (tmp_path / "items.csv").write_text("item_id,text\n1,a\n")
    (tmp_path / "queries.jsonl").write_text(
        '{"query_id": "p", "text": "x", "group": "g"}\n{"query_id": "q", "text": "y"}\n'
    )
    assert load(tmp_path).queries["group"].to_pylist() == ["g", "given"]


def test_a_split_of_your_own_is_kept(tmp_path: Path) -> None:
    (tmp_path / "items.csv").write_text("item_id,text\n1,a\n")
    (tmp_path / "interactions.csv").write_text("user_id,item_id,timestamp,split\nu,1,9,test\nu,1,8,train\n")
    interactions = load(tmp_path).interactions
    assert decoded(interactions).schema == DIVIDED
    assert interactions["split"].to_pylist() == ["train", "test"]


def test_a_split_of_queries_is_kept(tmp_path: Path) -> None:
    (tmp_path / "items.csv").write_text("item_id,text\n1,a\n")
    (tmp_path / "queries.csv").write_text("query_id,text,split\np,x,train\nq,y,test\n")
    queries = load(tmp_path).queries
    assert queries.schema == DIVIDED_QUERIES
    assert queries["split"].to_pylist() == ["train", "test"]


@pytest.mark.parametrize(
    ("files", "options", "said"),
    [
        ({}, {}, r"items\.csv is missing; put it there"),
        ({"items.csv": "item_id,txt\n1,a\n"}, {}, r"items\.csv: column 'text' is missing; did you mean 'txt'"),
        ({"items.csv": "id,text\n1,a\n"}, {}, r"items\.csv: column 'item_id' is missing; did you mean 'id'"),
        ({"items.csv": "item_id,text,text\n1,a,b\n"}, {}, "two columns are called 'text'; rename one"),
        (
            {"items.jsonl": '{"item_id": 1, "text": ["a", "b"]}'},
            {},
            "column 'text' is of type list.*; expected strings",
        ),
        ({"items.jsonl": '{"item_id": 1.5, "text": "a"}'}, {}, "column 'item_id' is of type double"),
        (
            {"items.csv": "item_id,text\n1,a\n"},
            {"text": ["title"]},
            r"items\.csv: column 'title' is missing; did you mean 'text'",
        ),
        ({"items.csv": "item_id,text\n1,a\n", "items.jsonl": "{}"}, {}, "items.csv and items.jsonl both exist"),
        (
            {"items.csv": 'item_id,text\n1,a\n2,"27 inch\n3,c\n'},
            {},
            r"a quote is opened in row 2 \(line 3\) and never closed: '2,",
        ),
        (
            {"items.xml": "<items/>"},
            {},
            r"items.xml is not read; expected one of items.parquet, items.csv",
        ),
        ({"items.csv": "item_id,text\n1,a\n", "Interaction.csv": ""}, {}, "Interaction.csv is not read"),
        ({"items.csv": "item_id,text\n1,a\n", "query.csv.gz": ""}, {}, "query.csv.gz is not read"),
        (
            {"items.csv": "item_id,text\n1,a\n", "interactions.csv": "user_id,item_id\nu,1\n"},
            {},
            r"interactions\.csv: column 'timestamp' is missing; choose from item_id, user_id",
        ),
        (
            {"items.csv": "item_id,text\n1,a\n", "interactions.csv": "user_id,item_id,timestamp\nu,1,soon\n"},
            {},
            r"interactions\.csv: timestamp is neither a whole number nor a date: 'soon' in row 1; write a whole number",
        ),
        (
            {"items.csv": "item_id,text\n1,a\n", "interactions.csv": f"{HEADER}u,1,2024-01-02\nu,1,01/03/2024\n"},
            {},
            r"interactions\.csv: timestamp may begin with the day or with the month, as '01/03/2024' in row 2",
        ),
        (
            {"items.csv": "item_id,text\n1,a\n", "interactions.csv": f"{HEADER}u,1,2024-01-02\nu,1,7\n"},
            {},
            r"interactions\.csv: timestamp is a date, '2024-01-02', in row 1 and a number, '7', in row 2",
        ),
    ],
)
def test_what_does_not_fit_is_said(tmp_path: Path, files: dict[str, str], options: dict[str, Any], said: str) -> None:
    for name, content in files.items():
        (tmp_path / name).write_text(content)
    with pytest.raises(DatasetError, match=said):
        load(tmp_path, **options)


def test_a_quote_in_the_middle_of_a_text_is_one(tmp_path: Path) -> None:
    (tmp_path / "items.csv").write_text('item_id,text\n1,27" wide\n2,"two\nlines"\n')
    assert load(tmp_path).items["text"].to_pylist() == ['27" wide', "two\nlines"]


def test_no_column_for_the_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ParamsError, match="text names no column"):
        load(tmp_path, text=[])
