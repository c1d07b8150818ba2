"""Of rows with the same id the first counts, of judgments the highest, in every kind; the others are counted."""

import json
from pathlib import Path

import pytest

from itemvec.datasets import DATASETS
from itemvec.datasets.base import Tables
from itemvec.datasets.reading import recorded
from itemvec.stages.check import check_data

ITEMS = [("a", "hat"), ("b", "scarf"), ("a", "another hat"), ("b", "scarf")]
QUERIES = [("q", "hat"), ("r", "scarf"), ("q", "cap")]
QRELS = [("q", "a", 1), ("r", "b", 1), ("q", "a", 3), ("q", "a", 2)]


def own(folder: Path) -> None:
    (folder / "items.csv").write_text("item_id,text\n" + "".join(f"{one},{text}\n" for one, text in ITEMS))
    (folder / "queries.csv").write_text("query_id,text\n" + "".join(f"{one},{text}\n" for one, text in QUERIES))
    (folder / "qrels.csv").write_text("query_id,item_id,gain\n" + "".join(f"{q},{i},{g}\n" for q, i, g in QRELS))


def beir(folder: Path) -> None:
    for name, rows in (("corpus", ITEMS), ("queries", QUERIES)):
        (folder / f"{name}.jsonl").write_text("".join(json.dumps({"_id": i, "text": t}) + "\n" for i, t in rows))
    (folder / "qrels").mkdir()
    lines = "".join(f"{q}\t{i}\t{g}\n" for q, i, g in QRELS)
    (folder / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\n" + lines)


@pytest.mark.parametrize("row", [{"kind": "tables"}, {"kind": "tables", "on_error": "drop"}, {"kind": "beir"}], ids=str)
def test_one_rule_for_all(tmp_path: Path, row: dict[str, str]) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    (beir if row["kind"] == "beir" else own)(folder)
    with recorded() as reading:
        tables: Tables = DATASETS.build("mine", row).load(folder)
    assert tables.items.to_pylist() == [{"item_id": "a", "text": "hat"}, {"item_id": "b", "text": "scarf"}]
    assert [(one["query_id"], one["text"]) for one in tables.queries.to_pylist()] == [("q", "hat"), ("r", "scarf")]
    assert [tuple(one.values()) for one in tables.qrels.to_pylist()] == [("q", "a", 3.0), ("r", "b", 1.0)]
    for said in (reading.lines, check_data(tmp_path, "mine", row)):
        whole = "\n".join(said)
        assert "the product stands there before, and the first counts; 1 have another text there" in whole
        assert "the query stands there before, and the first counts" in whole
        assert "the query and item are judged more than once, and the highest counts" in whole
