import tracemalloc
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from itemvec.core.columns import ITEMS, QRELS, QUERIES
from itemvec.core.errors import ParamsError, TableError
from itemvec.core.files import read_parquet, write_parquet
from itemvec.core.params import SearchProtocol
from itemvec.retrievers.bm25 import Bm25
from itemvec.retrievers.exact import Exact
from itemvec.retrievers.hybrid import Hybrid
from itemvec.retrievers.query_policy import QueryPolicy
from itemvec.stages.search import search
from itemvec.store import Block, write_database
from tests.language_models.chat_server import chatting

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
    queries = Block(pa.array(["q1", "q2", "q3"]), np.array([[0, 1, 0], [2, 1, 1], [2, 0, 1]], dtype=np.float32))
    write_database(folder / "full", {"items": (3, [items]), "queries": (3, [queries])})
    return folder / "full.digest"


def test_queries_are_judged_in_their_order(tables: dict[str, Path], tmp_path: Path) -> None:
    found = search(Exact(), tables, vectors(tmp_path, ["i1", "i2", "i3"]), PROTOCOL, seed=1)
    assert found.measures["id"].to_pylist() == ["q1", "q3"]
    assert found.measures["mrr@3"].to_pylist() == pytest.approx([1, 1 / 2])
    assert found.summary["queries_left_out"] == 1  # no item is relevant to q2
    assert set(found.summary["groups"]) == {"a", "b"}


@pytest.mark.parametrize("judged", [0, 3])
def test_the_run_has_all_queries_so_that_people_can_judge(tables: dict[str, Path], tmp_path: Path, judged: int) -> None:
    """Those that are measured first, then the others; with nothing judged, nothing is measured."""
    write_parquet(tables["qrels"], read_parquet(tables["qrels"]).slice(0, judged))
    found = search(Exact(), tables, vectors(tmp_path, ["i1", "i2", "i3"]), PROTOCOL, seed=1)
    order = found.run["id"].to_pylist()[::3]
    assert order == (["q1", "q3", "q2"] if judged else ["q1", "q2", "q3"])
    first = [row["item_id"] for row in found.run.to_pylist() if row["rank"] == 1]
    assert first == ["i2", "i1", "i1"]  # of q1, and of the others, which both find i1 first
    assert found.measures["id"].to_pylist() == (["q1", "q3"] if judged else [])
    assert found.summary["queries_left_out"] == (1 if judged else 3)


def test_a_baseline_needs_no_vectors(tables: dict[str, Path]) -> None:
    found = search(Bm25(), tables, None, PROTOCOL, seed=1)
    assert found.measures["mrr@3"].to_pylist()[0] == 1


def test_vectors_of_other_items_are_refused(tables: dict[str, Path], tmp_path: Path) -> None:
    with pytest.raises(TableError, match="its items are not those of the tables; run `dvc repro`"):
        search(Exact(), tables, vectors(tmp_path, ["i1", "i3", "i2"]), PROTOCOL, seed=1)


@pytest.fixture
def divided(tables: dict[str, Path]) -> dict[str, Path]:
    """The tables with a third query that something is relevant to, q2, which is for validation, and q1 for training."""
    queries = read_parquet(tables["queries"])
    write_parquet(tables["queries"], queries.append_column("split", [["train", "validation", "test"]]))
    qrels = pa.table([["q1", "q2", "q3"], ["i2", "i1", "i3"], [2.0, 1.0, 1.0]], schema=QRELS)
    write_parquet(tables["qrels"], qrels)
    return tables


def test_test_queries_alone_are_reported(divided: dict[str, Path], tmp_path: Path) -> None:
    found = search(Exact(), divided, vectors(tmp_path, ["i1", "i2", "i3"]), PROTOCOL, seed=1)
    assert found.measures["id"].to_pylist() == ["q3"]
    assert found.measures["mrr@3"].to_pylist() == [1 / 2]
    facts = {name: found.summary[name] for name in ("queries", "queries_for_train", "queries_for_validation")}
    assert facts == {"queries": 1, "queries_for_train": 1, "queries_for_validation": 1}
    assert set(found.summary["cohorts"]) == {"words", "overlap", "novelty"}


def test_weights_are_tuned_on_validation_queries_alone(divided: dict[str, Path], tmp_path: Path) -> None:
    """To q2 the first item is relevant: the vectors put it first, the words know nothing."""
    parts = [{"kind": "exact"}, {"kind": "bm25"}]
    hybrid = Hybrid(parts, fusion="convex")
    found = search(hybrid, divided, vectors(tmp_path, ["i1", "i2", "i3"]), PROTOCOL, seed=1)
    assert found.summary["chosen"] == {"weights": [0.5, 0.5], "validation": 1.0}
    again = search(hybrid, divided, vectors(tmp_path, ["i1", "i2", "i3"]), PROTOCOL, seed=1)
    assert again.run.equals(found.run)


def test_a_policy_learns_on_training_queries_and_its_gain_is_of_test_queries(divided: dict[str, Path]) -> None:
    """What is learnt from is q1 alone; "red hose" finds i3 and i1, of which i3 is right, and first as asked."""
    found = search(QueryPolicy({"kind": "bm25"}, steps=2), divided, None, PROTOCOL, seed=1)
    assert found.summary["chosen"]["learnt from"] == 1
    policy = found.summary["policy"]
    assert policy["metric"] == "mrr@3"
    assert policy["taken"] == found.measures["mrr@3"].to_pylist()[0]
    assert policy["as_asked"] <= policy["oracle"] == 1
    assert "fewer_rewrites" not in policy
    untrained = read_parquet(divided["queries"]).drop(["split"])
    write_parquet(divided["queries"], untrained)
    protocol = replace(PROTOCOL, split={"validation": 0.4})  # q3 alone, by the hash of its id
    assert search(QueryPolicy({"kind": "bm25"}, steps=2), divided, None, protocol, 1).summary["chosen"]["learnt from"]
    with pytest.raises(ParamsError, match="there are no training or validation queries"):
        search(QueryPolicy({"kind": "bm25"}), divided, None, PROTOCOL, seed=1)


def test_rewrites_that_a_model_did_not_write_are_counted(
    divided: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server writes one rewrite of two, and is asked for each query once, of training and of the test."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with chatting() as server:
        server.say = lambda prompt: "hose"
        writer = {"checkpoint": "writer", "url": server.url}
        found = search(QueryPolicy({"kind": "bm25"}, steps=2, writer=writer), divided, None, PROTOCOL, seed=1)
        assert len(server.asked) == 2
    assert found.summary["chosen"]["fewer rewrites"] == found.summary["policy"]["fewer_rewrites"] == 1


def test_each_pair_may_be_a_query_of_its_own(tables: dict[str, Path], tmp_path: Path) -> None:
    """Of the two items relevant to q1 the second is found first, the first, at equal score with i3, second."""
    protocol = replace(PROTOCOL, judge="pair")
    found = search(Exact(), tables, vectors(tmp_path, ["i1", "i2", "i3"]), protocol, seed=1)
    assert found.measures["id"].to_pylist() == ["q1 #1", "q1 #2", "q3 #1"]
    assert found.measures["owner"].to_pylist() == ["q1", "q1", "q3"]
    assert found.measures["mrr@3"].to_pylist() == [1 / 2, 1, 1 / 2]
    assert found.summary["queries"] == 3
    assert found.summary["queries_left_out"] == 1


def test_a_least_gain_leaves_queries_out(tables: dict[str, Path]) -> None:
    found = search(Bm25(), tables, None, replace(PROTOCOL, least_gain=2.0), seed=1)
    assert found.measures["id"].to_pylist() == ["q1"]
    assert found.summary["queries_left_out"] == 2


def test_unjudged_items_may_be_skipped(tables: dict[str, Path], tmp_path: Path) -> None:
    """For q3 the vectors find i1, which nobody judged, before i3."""
    protocol = replace(PROTOCOL, unjudged="skipped")
    found = search(Exact(), tables, vectors(tmp_path, ["i1", "i2", "i3"]), protocol, seed=1)
    assert found.measures["mrr@3"].to_pylist() == [1, 1]
    assert [row["item_id"] for row in found.run.to_pylist()[:3]] == ["i2", "i1", "i3"]


def test_no_judgments_are_nothing_to_measure(tables: dict[str, Path]) -> None:
    write_parquet(tables["qrels"], QRELS.empty_table())
    assert search(Bm25(), tables, None, PROTOCOL, seed=1).summary == {
        "task": "search",
        "queries_left_out": 3,
        "queries": 0,
    }


def test_a_depth_beyond_the_items_takes_no_memory(tables: dict[str, Path], tmp_path: Path) -> None:
    """Ranks of a million items for three queries would be 36 MB."""
    digest = vectors(tmp_path, ["i1", "i2", "i3"])
    expected = search(Exact(), tables, digest, PROTOCOL, seed=1)
    tracemalloc.start()
    found = search(Exact(), tables, digest, replace(PROTOCOL, depth=1_000_000), seed=1)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found.measures.equals(expected.measures)
    assert found.run.equals(expected.run)
    assert most < 10_000_000


def test_ties_may_be_those_of_trec_eval(tables: dict[str, Path], tmp_path: Path) -> None:
    """To q2, i2 and i3 are equal; i3, whose id sorts last, comes first, also before the border of the depth."""
    write_parquet(tables["qrels"], pa.table([["q2"], ["i2"], [1.0]], schema=QRELS))
    digest = vectors(tmp_path, ["i1", "i2", "i3"])
    found = search(Exact(), tables, digest, replace(PROTOCOL, ties="trec_eval"), seed=1)
    assert [row["item_id"] for row in found.run.to_pylist()[:3]] == ["i1", "i3", "i2"]
    assert found.measures["mrr@3"].to_pylist() == [1 / 3]
