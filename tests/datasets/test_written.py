"""Texts that hold nothing to see count as empty, in every kind."""

import json
import re
from pathlib import Path

import pyarrow as pa
import pytest

from itemvec.core.errors import DatasetError
from itemvec.datasets import DATASETS
from itemvec.datasets.reading import recorded
from itemvec.datasets.written import is_written
from itemvec.stages.check import check_data
from tests.conftest import ROOT

UNSEEN = ["", " ", "\u200b", "\ufeff", "\u00ad", "\u200b \u2060\u200d", "\u00a0", "\u3000", "\u3164", "\u2800", "\x00"]
SEEN = ["a", "\u200ba", "é", "水", "\U0001f600", "\u202eabc", "٣", "-", "\u0301e"]


def test_what_is_seen() -> None:
    assert is_written(pa.array([*UNSEEN, None])).to_pylist() == [False] * (len(UNSEEN) + 1)
    assert is_written(pa.array(SEEN)).to_pylist() == [True] * len(SEEN)


@pytest.mark.parametrize("table", ["items", "queries"])
def test_the_expectations_say_the_same(table: str) -> None:
    suite = json.loads((ROOT / "expectations" / f"{table}.json").read_text())
    (seen,) = [
        one["kwargs"]["regex"]
        for one in suite["expectations"]
        if one["kwargs"].get("column") == "text" and "regex" in one["kwargs"]
    ]
    assert [bool(re.match(seen, text)) for text in UNSEEN] == [False] * len(UNSEEN)
    assert [bool(re.match(seen, text)) for text in SEEN] == [True] * len(SEEN)


def test_a_published_item_and_query_without_anything_to_see_are_left_out(tmp_path: Path) -> None:
    items = [{"_id": "a", "text": "hat"}, {"_id": "b", "text": "\u200b\ufeff"}]
    queries = [{"_id": "q", "text": "hat"}, {"_id": "r", "text": "\u00ad"}]
    for name, rows in (("corpus", items), ("queries", queries)):
        (tmp_path / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (tmp_path / "qrels").mkdir()
    (tmp_path / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\nq\ta\t1\nr\ta\t1\nq\tb\t1\n")
    with recorded() as reading:
        tables = DATASETS.build("x", {"kind": "beir"}).load(tmp_path)
    assert tables.items["item_id"].to_pylist() == ["a"]
    assert tables.queries["query_id"].to_pylist() == ["q"]
    said = "\n".join(reading.lines)
    assert "the item has no text" in said
    assert "the query has no text" in said


def test_a_table_of_ones_own_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "items.csv").write_text("item_id,text\na,hat\nb,\u200b\n")
    (tmp_path / "mine" / "interactions.csv").write_text("user_id,item_id,timestamp\nu,a,1\n")
    with pytest.raises(DatasetError, match=r"text is empty: .* in row 2"):
        check_data(tmp_path, "mine", {"kind": "tables"})
