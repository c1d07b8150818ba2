from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from itemvec.columns import ITEMS, QRELS, QUERIES
from itemvec.errors import TableError
from itemvec.files import write_parquet
from itemvec.judging import judge
from itemvec.params import SearchProtocol
from itemvec.retrievers.bm25 import Bm25
from itemvec.retrievers.exact import Exact
from itemvec.search import search
from itemvec.store import Block, write_database

PROTOCOL = SearchProtocol(depth=3, metrics=["mrr@3"])


@pytest.fixture
def tables(tmp_path: Path) -> dict[str, Path]:
    items = pa.table([["i1", "i2", "i3"], ["red shirt", "blue hat", "green hose"]], schema=ITEMS)
    queries = pa.table([["q1", "q2", "q3"], ["hat", "zebra", "red hose"], ["a", "a", "b"]], schema=QUERIES)
    qrels = pa.table([["q3", "q1", "q2", "q1"], ["i3", "i2", "i1", "i1"], [1.0, 2.0, 0.0, 1.0]], schema=QRELS)
    paths = {}
    for name, table in {"items": items, "queries": queries, "qrels": qrels}.items():
        paths[name] = tmp_path / f"{name}.parquet"
        write_parquet(paths[name], table)
    return paths


def vectors(folder: Path, ids: list[str]) -> Path:
    items = Block(pa.array(ids), np.eye(3, dtype=np.float32))
    queries = Block(pa.array(["q1", "q2", "q3"]), np.array([[0, 1, 0], [1, 1, 1], [2, 0, 1]], dtype=np.float32))
    write_database(folder / "full", {"items": (3, [items]), "queries": (3, [queries])})
    return folder / "full.digest"


def test_queries_are_judged_in_their_order(tables: dict[str, Path], tmp_path: Path) -> None:
    found = search(Exact(), tables, vectors(tmp_path, ["i1", "i2", "i3"]), PROTOCOL, seed=1)
    assert found.measures["id"].to_pylist() == ["q1", "q3"]
    assert found.measures["mrr@3"].to_pylist() == pytest.approx([1, 1 / 2])
    assert found.summary["queries_left_out"] == 1  # no item is relevant to q2
    assert set(found.summary["groups"]) == {"a", "b"}


def test_a_baseline_needs_no_vectors(tables: dict[str, Path]) -> None:
    found = search(Bm25(), tables, None, PROTOCOL, seed=1)
    assert found.measures["mrr@3"].to_pylist()[0] == 1


def test_vectors_of_other_items_are_refused(tables: dict[str, Path], tmp_path: Path) -> None:
    with pytest.raises(TableError, match="its items are not those of the tables; run `dvc repro`"):
        search(Exact(), tables, vectors(tmp_path, ["i1", "i3", "i2"]), PROTOCOL, seed=1)


def test_no_judgments_are_nothing_to_measure(tables: dict[str, Path]) -> None:
    write_parquet(tables["qrels"], QRELS.empty_table())
    assert search(Bm25(), tables, None, PROTOCOL, seed=1).summary == {
        "task": "search",
        "queries_left_out": 3,
        "queries": 0,
    }


def test_judgments_are_laid_end_to_end() -> None:
    qrels = pa.table([["q2", "q1", "q2", "q1"], ["c", "b", "a", "a"], [1.0, 2.0, 3.0, 0.0]], schema=QRELS)
    found = judge(qrels, pa.array(["q1", "q0", "q2"]), pa.array(["a", "b", "c"]))
    assert found.ids.to_pylist() == ["q1", "q2"]
    assert found.offsets.tolist() == [0, 1, 3]
    assert found.items.tolist() == [1, 0, 2]
    assert found.gains.tolist() == [2, 3, 1]


@pytest.mark.parametrize(("row", "said"), [(("q9", "a"), "query_id 'q9'"), (("q1", "z"), "item_id 'z'")])
def test_a_judgment_of_the_unknown_is_named(row: tuple[str, str], said: str) -> None:
    qrels = pa.table([[row[0]], [row[1]], [1.0]], schema=QRELS)
    with pytest.raises(TableError, match=f"qrels: {said} does not exist"):
        judge(qrels, pa.array(["q1"]), pa.array(["a"]))
