from pathlib import Path

import pytest

from itemvec.datasets import DATASETS, Tables

# a and b did i1 and i2 twice over; c did i1 and i3, so that without i3 one is left, and then none.
ROWS = ["a,i1", "a,i2", "b,i1", "b,i2", "c,i1", "c,i3"]


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    (tmp_path / "items.csv").write_text("item_id,text\n" + "".join(f"i{i},x\n" for i in range(1, 5)))
    lines = "".join(f"{row},{time}\n" for time, row in enumerate(ROWS))
    (tmp_path / "interactions.csv").write_text("user_id,item_id,timestamp\n" + lines)
    (tmp_path / "queries.csv").write_text("query_id,text\np,x\nq,x\nr,x\n")
    (tmp_path / "qrels.csv").write_text("query_id,item_id,gain\np,i1,1\np,i3,1\nq,i4,1\nr,i1,0\nr,i3,1\n")
    return tmp_path


def load(root: Path, k: int) -> Tables:
    return DATASETS.build("mine", {"kind": "tables", "min_interactions": k}).load(root)


def test_it_is_taken_until_nothing_changes(raw: Path) -> None:
    tables = load(raw, 2)
    assert tables.interactions["user_id"].to_pylist() == ["a", "a", "b", "b"]
    assert tables.items["item_id"].to_pylist() == ["i1", "i2"]


def test_judgments_follow_the_items_and_queries_the_judgments(raw: Path) -> None:
    tables = load(raw, 2)
    assert tables.queries["query_id"].to_pylist() == ["p"]
    assert [tuple(row.values()) for row in tables.qrels.to_pylist()] == [("p", "i1", 1)]


def test_a_core_of_one_leaves_all_as_it_is(raw: Path) -> None:
    tables = load(raw, 1)
    assert [len(table) for table in vars(tables).values()] == [4, 6, 3, 5]


def test_nothing_may_be_left(raw: Path) -> None:
    assert [len(table) for table in vars(load(raw, 4)).values()] == [0, 0, 0, 0]
