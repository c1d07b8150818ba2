"""What is proposed to measure fits the tables."""

from pathlib import Path

import pyarrow as pa
import pytest

from itemvec.core.errors import ItemvecError
from itemvec.datasets import Tables
from itemvec.datasets.base import as_tables
from itemvec.protocol import case_facts
from itemvec.stages.proposal import MANY_ITEMS, propose

DAY = 86_400


def tables(
    rows: list[tuple[str, str, int]], n_items: int = 200, judged: bool = False, parts: list[str] | None = None
) -> Tables:
    items = pa.table({"item_id": [str(one) for one in range(n_items)], "text": ["a text"] * n_items})
    columns = {name: [row[place] for row in rows] for place, name in enumerate(("user_id", "item_id", "timestamp"))}
    used = pa.table({**columns, **({"split": parts} if parts else {})}) if rows else None
    queries = pa.table({"query_id": ["q"], "text": ["words"], "group": ["given"]}) if judged else None
    qrels = pa.table({"query_id": ["q"], "item_id": ["1"], "gain": [1.0]}) if judged else None
    return as_tables(Path("mine"), items, used, queries, qrels)


def daily(users: int, each: int, start: int = 1_600_000_000) -> list[tuple[str, str, int]]:
    """Every user does one thing a day, each with another item."""
    return [(f"u{user}", str((user + day) % 200), start + day * DAY) for user in range(users) for day in range(each)]


def test_search_alone_has_no_recommenders() -> None:
    changes = propose(tables([], judged=True)).changes
    assert (changes["recommenders"], changes["retrievers"], changes["baselines"]) == ([], ["exact", "hybrid"], ["bm25"])
    assert "recommend" not in changes
    assert changes["tuners"] == []  # those of the data set before may find nothing to learn from here


def test_times_give_a_split_by_time() -> None:
    found = propose(tables(daily(40, 10)))
    assert found.changes["recommend"] == {
        "split": {"kind": "timestamp", "validation_from": 0.8, "test_from": 0.9},
        "mask_history": True,
    }
    assert found.said[0].endswith("40 cases of test, 40 of validation")
    assert found.changes["retrievers"] == []
    assert found.changes["baselines"] == ["popular", "ease", "sasrec-id"]


def test_too_few_cases_by_time_and_places_in_an_order_leave_one_out() -> None:
    for rows in (daily(20, 10), daily(40, 10, start=0)):  # 20 cases of test; numbers that are no times since 1970
        assert propose(tables(rows)).changes["recommend"]["split"] == "leave-one-out"


def test_a_split_of_its_own_is_kept() -> None:
    rows = [("u", str(one), one) for one in range(4)]
    found = propose(tables(rows, parts=["train", "train", "validation", "test"]))
    assert found.changes["recommend"]["split"] == "given"


def test_what_is_used_again_may_be_recommended_again() -> None:
    rows = [(f"u{user}", str(day % 2), day) for user in range(5) for day in range(6)]  # 2 pairs of 6
    found = propose(tables(rows))
    assert found.changes["recommend"]["mask_history"] is False
    assert "mask_history: false; 67% of the interactions repeat an item of their user" in found.said


def test_sizes_of_the_catalogue_decide_lists() -> None:
    rows = [("u", str(one), one) for one in range(4)]
    assert propose(tables(rows, n_items=99)).changes["variants"] == ["full", "int8"]
    large = propose(tables(rows, n_items=MANY_ITEMS + 1)).changes
    assert (large["recommenders"], large["baselines"]) == (["profile", "sasrec"], ["popular", "itemknn", "sasrec-id"])


def test_long_training_is_repeated_less(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [("u", str(one), one) for one in range(4)]
    assert "seeds" not in propose(tables(rows)).changes["recommend"]
    monkeypatch.setattr("itemvec.stages.proposal.LONG", 200 * 4)
    found = propose(tables(rows))
    assert found.changes["recommend"]["seeds"] == 2
    assert found.changes["variants"] == ["full", "int8", "pca64"]
    assert any(line.startswith("seeds: 2, and no variant pca80, since training takes minutes") for line in found.said)


def test_nothing_to_measure_is_said() -> None:
    with pytest.raises(ItemvecError, match="there is nothing to measure: add --judgments, or --interactions"):
        propose(tables([("u", "1", 1), ("u", "2", 2)]))


def test_three_interactions_leave_no_step_to_learn_from() -> None:
    """One trains, one validates, one tests: sasrec and ease would have nothing to be fitted on."""
    with pytest.raises(ItemvecError, match="no recommenders: too few users have the four interactions that training"):
        propose(tables([(f"u{user}", str(item), item) for user in range(40) for item in range(3)]))


def test_where_ranking_for_all_takes_hours_a_sample_is_proposed(monkeypatch: pytest.MonkeyPatch) -> None:
    """40 cases each of validation and test, 200 items: 16,000 scores, of 0.01 hours each 160 hours."""
    monkeypatch.setattr(case_facts, "NANOSECONDS", 36e9)
    whole = propose(tables(daily(40, 10)))
    assert "users" not in whole.changes["recommend"]["split"]
    few = "ranking takes 160 hours and more for each system; users of recommend.split ranks for fewer than all 40"
    assert few in whole.said[1]
    monkeypatch.setattr("itemvec.stages.proposal.DRAWN", 20)
    found = propose(tables(daily(40, 10)))
    assert found.changes["recommend"]["split"]["users"] == 20
    assert "users: 20 of recommend.split draws as many to rank for; all would take 160 hours and more" in found.said[1]
