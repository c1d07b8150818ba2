import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from itemvec.core.columns import QUERIES
from itemvec.core.errors import DatasetError
from itemvec.datasets import DATASETS, Tables
from itemvec.datasets.amazon_c4 import POOL
from itemvec.datasets.hash_split import places

HEADER = "qid,query,item_id,user_id,ori_rating,ori_review\n"
ASKED = '0,"I want it loud, and\nsmall.",A,u1,5,"Loud!"\n1,Something for my cat,B,u2,5.0,It purrs\n'
ITEMS = [("A", "Audio", "Speaker. 5 W."), ("B", "Pet", "Brush."), ("C", "Pet", "Bowl."), ("A", "Audio", "Speaker.")]


def load(root: Path, items: list[tuple[str, str, str]] = ITEMS, asked: str = ASKED, **options: Any) -> Tables:
    (root / "test.csv").write_text(HEADER + asked)
    lines = (json.dumps(dict(zip(("item_id", "category", "metadata"), item, strict=True))) for item in items)
    (root / POOL).write_text("".join(f"{line}\n" for line in lines))
    return DATASETS.build("mine", {"kind": "amazon-c4", **options}).load(root)


def test_each_query_has_one_product(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tables = load(tmp_path)
    assert [tuple(row.values()) for row in tables.items.to_pylist()] == [
        ("A", "Speaker. 5 W."),
        ("B", "Brush."),
        ("C", "Bowl."),
    ]
    assert tables.queries.schema == QUERIES
    assert tables.queries["text"].to_pylist() == ["I want it loud, and\nsmall.", "Something for my cat"]
    assert [tuple(row.values()) for row in tables.qrels.to_pylist()] == [("0", "A", 1.0), ("1", "B", 1.0)]
    assert (
        "1 row left out: the product stands there before, and the first counts; 1 have another text"
        in capsys.readouterr().out
    )


def test_a_category_keeps_its_products_and_queries(tmp_path: Path) -> None:
    tables = load(tmp_path, category="Pet")
    assert tables.items["item_id"].to_pylist() == ["B", "C"]
    assert tables.queries["query_id"].to_pylist() == ["1"]
    with pytest.raises(DatasetError, match="has no category 'Pets'; did you mean 'Pet'"):
        load(tmp_path, category="Pets")


def test_queries_of_some_categories_search_the_whole_pool(tmp_path: Path) -> None:
    tables = load(tmp_path, queries_for=["Pet"])
    assert tables.items["item_id"].to_pylist() == ["A", "B", "C"]
    assert [(row["query_id"], row["group"]) for row in tables.queries.to_pylist()] == [("1", "Pet")]
    with pytest.raises(DatasetError, match="has no category 'Pets'; did you mean 'Pet'"):
        load(tmp_path, queries_for=["Audio", "Pets"])


def test_a_share_keeps_what_is_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In blocks of a few lines, so that a product is looked up in more than one."""
    monkeypatch.setattr("itemvec.datasets.json_lines.ROWS", 10)
    others = [f"N{number}" for number in range(200)]
    tables = load(tmp_path, [*ITEMS[:2], *((name, "Pet", "x") for name in others)], share=0.1)
    near = {name for name in others if places(pa.array([name]))[0] < 0.1}
    assert set(tables.items["item_id"].to_pylist()) == {"A", "B"} | near
    assert 0 < len(near) < 60


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"items": ITEMS[:1]}, "1 of 2 judgments have an unknown item_id, as 'B'"),
        ({"asked": "0,loud\n"}, r"test\.csv: row 1 \(line 2\) has 2 fields, the header has 6"),
    ],
)
def test_files_that_do_not_fit_are_named(tmp_path: Path, change: dict[str, Any], said: str) -> None:
    with pytest.raises(DatasetError, match=said):
        load(tmp_path, **change)


def test_a_torn_pool_is_named(tmp_path: Path) -> None:
    load(tmp_path)
    (tmp_path / POOL).write_text('{"item_id": "A", "categ')
    with pytest.raises(DatasetError, match=r"1M\.jsonl: line 1 cannot be read: JSON parse error"):
        DATASETS.build("mine", {"kind": "amazon-c4"}).load(tmp_path)
    (tmp_path / POOL).write_text("")
    with pytest.raises(DatasetError, match=r"1M\.jsonl is empty"):
        DATASETS.build("mine", {"kind": "amazon-c4"}).load(tmp_path)
