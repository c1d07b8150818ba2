from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from itemvec.core.arrays import Floats
from itemvec.core.columns import ITEMS, QRELS, QUERIES
from itemvec.core.errors import TableError
from itemvec.core.files import write_parquet
from itemvec.core.params import SearchProtocol
from itemvec.core.top_k import NOTHING, Top
from itemvec.rerankers import Rerank
from itemvec.retrievers.bm25 import Bm25
from itemvec.stages.rerank import Reordering, read_run, reorder
from itemvec.stages.search import search

PROTOCOL = SearchProtocol(depth=4, metrics=["mrr@4"])
ITEM_TEXTS = ["hat hat hat one", "hat hat two", "hat three", "four"]


class Longest:
    """The longer a text, the better it is."""

    def load(self) -> Rerank:
        def rerank(queries: Sequence[str], texts: Sequence[Sequence[str]]) -> list[Floats]:
            assert len(queries) == len(texts)
            return [np.array([len(text) for text in some], dtype=np.float32) for some in texts]

        return rerank


@pytest.fixture
def tables(tmp_path: Path) -> dict[str, Path]:
    items = pa.table([["i1", "i2", "i3", "i4"], ITEM_TEXTS], schema=ITEMS)
    queries = pa.table([["q1", "q2", "q3"], ["zebra", "hat", "three"], ["a", "a", "b"]], schema=QUERIES)
    qrels = pa.table([["q3", "q2"], ["i3", "i3"], [1.0, 2.0]], schema=QRELS)
    paths = {}
    for name, table in {"items": items, "queries": queries, "qrels": qrels}.items():
        paths[name] = tmp_path / f"{name}.parquet"
        write_parquet(paths[name], table)
    return paths


@pytest.fixture
def first(tables: dict[str, Path], tmp_path: Path) -> Path:
    """What BM25 finds: for hat the items 1 to 3, for three the third alone."""
    search(Bm25(), tables, None, PROTOCOL, 1).write(tmp_path / "run.parquet", tmp_path / "m", tmp_path / "s.json")
    return tmp_path / "run.parquet"


def test_a_run_is_reordered_and_judged(tables: dict[str, Path], first: Path) -> None:
    found = search(Reordering(Longest(), first, 3), tables, None, PROTOCOL, seed=1)
    rows = found.run.to_pydict()
    assert list(zip(rows["id"], rows["item_id"], rows["rank"], strict=True)) == [
        ("q2", "i1", 1),
        ("q2", "i2", 2),
        ("q2", "i3", 3),
        ("q3", "i3", 1),
    ]
    assert found.measures["mrr@4"].to_pylist() == pytest.approx([1 / 3, 1])
    assert (found.summary["task"], found.summary["queries_left_out"]) == ("search", 1)


def test_a_run_is_read_as_it_was_written(tables: dict[str, Path], first: Path) -> None:
    items, queries = pa.array(["i1", "i2", "i3", "i4"]), pa.array(["q3", "q2"])
    top = read_run(first, queries, items, 2)
    assert top.positions.tolist() == [[2, NOTHING], [0, 1]]
    assert top.scores[0, 1] == -np.inf
    assert top.scores[1, 0] > top.scores[1, 1] > 0


def test_a_run_that_was_judged_by_pair_is_reordered_too(tables: dict[str, Path], tmp_path: Path) -> None:
    write_parquet(tables["qrels"], pa.table([["q2", "q2"], ["i2", "i3"], [1.0, 1.0]], schema=QRELS))
    protocol = SearchProtocol(depth=4, metrics=["mrr@4"], judge="pair")
    search(Bm25(), tables, None, protocol, 1).write(tmp_path / "pairs.parquet", tmp_path / "m", tmp_path / "s.json")
    found = search(Reordering(Longest(), tmp_path / "pairs.parquet", 4), tables, None, protocol, seed=1)
    assert found.measures["id"].to_pylist() == ["q2 #1", "q2 #2"]
    assert found.measures["mrr@4"].to_pylist() == pytest.approx([1 / 2, 1 / 3])


def test_a_run_of_other_tables_is_refused(first: Path) -> None:
    for queries, items in ((["q2"], ["i9"]), (["x"], ["i1", "i2", "i3"])):
        with pytest.raises(TableError, match="belongs to other tables; run `dvc repro`"):
            read_run(first, pa.array(queries), pa.array(items), 2)


def reordered(scores: dict[str, float], depth: int, positions: Any) -> Top:
    """Two queries over the items a to e, each item with its score."""

    def rerank(queries: Sequence[str], texts: Sequence[Sequence[str]]) -> list[Floats]:
        return [np.array([scores[text] for text in some], dtype=np.float32) for some in texts]

    ranked = np.array(positions)
    former = np.where(ranked == NOTHING, -np.inf, -np.arange(ranked.shape[1])).astype(np.float32)
    return reorder(rerank, ["x", "y"], pa.array(list("abcde")), Top(ranked, former), depth)


def test_what_lies_deeper_follows_unchanged() -> None:
    top = reordered(dict(zip("abcde", [1, 2, 3, 9, 9], strict=True)), 3, [[0, 1, 2, 3, 4], [4, 3, 2, 1, 0]])
    assert top.positions.tolist() == [[2, 1, 0, 3, 4], [4, 3, 2, 1, 0]]
    assert top.scores.tolist() == [[3, 2, 1, 1 - 1, 1 - 2], [9, 9, 3, 3 - 1, 3 - 2]]


def test_equal_scores_keep_their_order(rng: np.random.Generator) -> None:
    """Of so many that a sort which is not stable would not."""
    ranked = rng.permutation(200)[None]
    top = Top(ranked, np.zeros((1, 200), dtype=np.float32))
    equal = reorder(
        lambda queries, texts: [np.arange(200, dtype=np.float32) % 2], ["x"], pa.array(["a"] * 200), top, 200
    )
    assert equal.positions[0].tolist() == [*ranked[0, 1::2], *ranked[0, ::2]]


def test_short_and_empty_rankings_stay_so() -> None:
    top = reordered(dict(zip("abcde", range(5), strict=True)), 2, [[0, 1, 2, -1], [-1, -1, -1, -1]])
    assert top.positions.tolist() == [[1, 0, 2, -1], [-1, -1, -1, -1]]
    assert top.scores.tolist() == [[1, 0, -1, -np.inf], [-np.inf] * 4]
