from math import log2
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from scipy.stats import beta

from itemvec.core.columns import RUN
from itemvec.core.files import read_json, read_parquet
from itemvec.core.top_k import Top
from itemvec.metrics import Judgments
from itemvec.protocol.evaluation import Cohort, Evaluation, evaluate, nothing

JUDGMENTS = Judgments(pa.array(["q1", "q2"]), np.array([0, 1]), np.ones(2), np.array([0, 1, 2]))
ITEMS = pa.array(["x", "y", "z"])


def top(*rows: list[int]) -> Top:
    positions = np.array(rows)
    return Top(positions, np.where(positions < 0, -np.inf, 5.0 - np.arange(positions.shape[1])).astype(np.float32))


@pytest.fixture
def found() -> Evaluation:
    rankings = {7: top([0, 2], [2, 1]), 8: top([2, 0], [2, -1])}
    return evaluate(rankings, JUDGMENTS, pa.array(["a", "b"]), ITEMS, ["ndcg@2", "hit@1"], {"task": "search"})


def test_a_run_holds_what_was_returned(found: Evaluation) -> None:
    assert found.run.schema == RUN
    rows = [tuple(row.values()) for row in found.run.to_pylist()]
    assert rows[:2] == [("q1", 7, "x", 1, 5.0), ("q1", 7, "z", 2, 4.0)]
    assert rows[-1] == ("q2", 8, "z", 1, 5.0)
    assert len(rows) == 7  # one rank is empty


def test_measures_hold_one_value_per_query_and_seed(found: Evaluation) -> None:
    second = 1 / log2(3)
    assert found.measures["ndcg@2"].to_pylist() == pytest.approx([1, second, second, 0])
    assert found.measures["seed"].to_pylist() == [7, 7, 8, 8]
    assert found.measures["id"].to_pylist() == ["q1", "q2"] * 2


def test_the_summary_averages_seeds_then_queries(found: Evaluation) -> None:
    second = 1 / log2(3)
    summary = found.summary
    assert (summary["task"], summary["queries"], summary["seeds"]) == ("search", 2, 2)
    assert summary["ndcg@2"]["mean"] == pytest.approx((1 + second + second + 0) / 4)
    assert summary["ndcg@2"]["sd_of_seeds"] == pytest.approx(np.std([(1 + second) / 2, second / 2], ddof=1))
    assert summary["groups"]["a"]["ndcg@2"]["mean"] == pytest.approx((1 + second) / 2)
    assert summary["groups"]["b"]["hit@1"]["mean"] == 0
    assert summary["ndcg@2"]["low"] <= summary["ndcg@2"]["mean"] <= summary["ndcg@2"]["high"]


def test_a_seed_without_unjudged_items_has_the_metric_itself_in_their_place() -> None:
    others = {
        7: {"judged@1": np.array([1.0, 0.0]), "hit@1 possible": np.array([1.0, 0.5])},
        8: {"judged@1": np.ones(2)},
    }
    tops = {7: top([0], [2]), 8: top([0], [1])}
    found = evaluate(tops, JUDGMENTS, pa.array(["a", "a"]), ITEMS, ["hit@1"], {}, others=others)
    assert found.measures["hit@1"].to_pylist() == [1, 0, 1, 1]
    assert found.measures["hit@1 possible"].to_pylist() == [1, 0.5, 1, 1]
    assert found.measures["judged@1"].to_pylist() == [1, 0, 1, 1]


def test_an_interval_grows_with_the_spread_of_the_seeds() -> None:
    groups = pa.array(["a", "a"])
    same = evaluate({7: top([0], [2]), 8: top([0], [2])}, JUDGMENTS, groups, ITEMS, ["hit@1"], {})
    apart = evaluate({7: top([0], [1]), 8: top([2], [2])}, JUDGMENTS, groups, ITEMS, ["hit@1"], {})
    exact = beta.ppf([0.025, 0.975], [1, 2], [2, 1])  # of Clopper and Pearson, for one right query of two
    assert [same.summary["hit@1"][end] for end in ("low", "high")] == pytest.approx(exact, abs=1e-3)
    assert same.summary["hit@1"]["sd_of_seeds"] == 0.0
    assert apart.summary["hit@1"]["low"] < same.summary["hit@1"]["low"] - 0.005


def test_cases_of_one_user_are_not_independent() -> None:
    """Two users with the same value each in all of their cases: as little is known as of two cases."""
    ids = pa.array([f"u{row}" for row in range(40)])
    judged = Judgments(ids, np.zeros(40, dtype=np.int64), np.ones(40), np.arange(41))
    tops = top(*[[0]] * 20, *[[1]] * 20)
    owners = pa.array(["left"] * 20 + ["right"] * 20)
    groups = pa.repeat("users", 40)
    alone = evaluate({7: tops}, judged, groups, ITEMS, ["hit@1"], {}).summary
    owned = evaluate({7: tops}, judged, groups, ITEMS, ["hit@1"], {}, owners=owners)
    assert alone["hit@1"]["low"] > 0.3
    assert owned.summary["hit@1"]["low"] == pytest.approx(beta.ppf(0.025, 1, 2), abs=1e-3)
    assert (owned.summary["queries"], owned.summary["owners"]) == (40, 2)
    assert "owners" not in alone
    assert owned.measures["owner"].unique().to_pylist() == ["left", "right"]


def test_one_seed_has_no_spread() -> None:
    found = evaluate({7: top([0], [2])}, JUDGMENTS, pa.array(["a", "a"]), ITEMS, ["hit@1"], {"task": "search"})
    assert found.summary["groups"]["a"]["hit@1"] == found.summary["hit@1"]
    assert "sd_of_seeds" not in found.summary["hit@1"]
    assert found.headline("exact", "full") == "search exact on full: hit@1 0.5000 [0.012, 0.988]"


def test_the_headline_names_groups_of_queries_where_there_are_several() -> None:
    groups = pa.array(["constructed: attribute", "given"])
    found = evaluate({7: top([0], [2])}, JUDGMENTS, groups, ITEMS, ["ndcg@1", "hit@1"], {"task": "search"})
    assert found.headline("bm25") == (
        "search bm25: nDCG@1 1.0000 [0.024, 1.000] (attribute), 0.0000 [0.000, 0.976] (given)"
    )


def test_it_is_written_and_read(found: Evaluation, tmp_path: Path) -> None:
    paths = tmp_path / "run.parquet", tmp_path / "measures.parquet", tmp_path / "metrics.json"
    found.write(*paths)
    assert read_parquet(paths[0]).equals(found.run)
    assert read_parquet(paths[1]).equals(found.measures)
    assert read_json(paths[2])["queries"] == 2


def test_a_task_without_cases_is_said() -> None:
    found = nothing(["ndcg@10"], {"task": "search"})
    assert found.summary == {"task": "search", "queries": 0}
    assert found.measures.column_names == ["id", "seed", "group", "owner", "judgment", "ndcg@10"]
    assert found.headline("exact") == "search exact: the data has nothing to measure it by"


def test_cohorts_are_means_over_some_of_the_queries() -> None:
    slices = {"target": [Cohort("rare", 1, 3, np.array([False, True])), Cohort("popular", 0, 0, np.zeros(2, bool))]}
    rankings = {7: top([0, 2], [2, 1]), 8: top([0, 1], [1, 2])}
    found = evaluate(rankings, JUDGMENTS, pa.array(["a", "a"]), ITEMS, ["hit@1"], {}, slices).summary
    rare = found["cohorts"]["target"]["rare"]
    assert {key: rare[key] for key in ("queries", "from", "to")} == {"queries": 1, "from": 1, "to": 3}
    assert rare["hit@1"]["mean"] == 0.5
    assert found["cohorts"]["target"]["popular"] == {"queries": 0}
    assert found["hit@1"]["mean"] == 0.75
