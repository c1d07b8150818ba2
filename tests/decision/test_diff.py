from typing import Any

import numpy as np
import pytest

from itemvec.core.errors import TableError
from itemvec.decision.change import Change
from itemvec.decision.diff import diff
from tests.decision.states import PROTOCOL, N, right, state

SEARCH = ("search", "titles")
USERS = ("recommend", "users")


def by_key(changes: list[Change]) -> dict[str, Change]:
    return {one.key: one for one in changes}


def test_planted_changes_get_their_marks(rng: np.random.Generator) -> None:
    """Of 200 queries 100 were right: then 140, 60, 100 with a little noise, others by chance, or the same."""
    noise = rng.normal(0, 0.001, N)
    coin = rng.permutation(right(0.5))
    left = {key: right(0.5) for key in ("up", "down", "near", "chance", "same", "before")}
    after = {"up": right(0.7), "down": right(0.3), "near": right(0.5) + noise, "chance": coin, "same": right(0.5)}
    found = diff(state({SEARCH: left}), state({SEARCH: after | {"after": right(0.25)}}, "workspace"), 1)
    marks = {one.key: one.mark for one in found.changes}
    assert marks == {
        "up": "better",
        "down": "worse",
        "near": "~",  # of 200 queries one could lose all unseen: 0.5 %, as much as the tolerance of the mean
        "chance": "~",
        "same": "=",
        "before": "gone",
        "after": "new",
    }
    cells = by_key(found.changes)
    assert cells["up"].before == pytest.approx(100 / N)
    assert cells["up"].difference == pytest.approx(40 / N)
    low, high = cells["up"].low, cells["up"].high
    assert low is not None
    assert high is not None
    assert 0 < low < 40 / N < high
    assert (cells["same"].low, cells["same"].high, cells["same"].p) == (0, 0, 1)
    assert (cells["before"].before, cells["before"].after, cells["before"].p) == (0.5, None, None)
    assert (cells["after"].before, cells["after"].after, cells["after"].difference) == (None, 0.25, None)
    assert [one.key for one in found.lost] == ["down"]
    assert found.queries == {"search, titles": N}
    assert found.remarks == []


def test_a_loss_that_may_be_within_the_tolerance_is_worse_but_not_lost() -> None:
    before = np.full(N, 0.9)
    after = before - 0.02 - 0.001 * np.sin(np.arange(N))  # 2.2 % of the mean; one query more could halve it
    found = diff(state({SEARCH: {"exact": before}}), state({SEARCH: {"exact": after}}), 1)
    assert [one.mark for one in found.changes] == ["worse"]
    assert found.lost == []


def test_cells_that_did_not_run_again_are_no_part_of_the_family() -> None:
    """Their seeds differ among themselves, not between the two states."""
    seeds = np.stack([right(0.4), right(0.6)], axis=1)
    same = {f"network{i}": seeds for i in range(20)}
    alone = diff(state({USERS: {"up": right(0.5)}}), state({USERS: {"up": right(0.6)}}), 1)
    among = diff(state({USERS: same | {"up": right(0.5)}}), state({USERS: same | {"up": right(0.6)}}), 1)
    assert {one.mark for one in among.changes if one.key != "up"} == {"="}
    assert by_key(among.changes)["up"] == by_key(alone.changes)["up"]


def test_more_cells_widen_the_intervals(rng: np.random.Generator) -> None:
    before = {f"s{i}": rng.random(N) for i in range(20)}
    after = {key: rng.random(N) for key in before}
    few = diff(state({SEARCH: {"s0": before["s0"]}}), state({SEARCH: {"s0": after["s0"]}}), 1).changes[0]
    many = by_key(diff(state({SEARCH: before}), state({SEARCH: after}), 1).changes)["s0"]
    assert few.low is not None
    assert many.low is not None
    assert many.low < few.low


def test_queries_are_paired_by_id() -> None:
    """Both states are right on all queries that they share, though half of their queries are others."""
    left = state({SEARCH: {"exact": np.r_[np.zeros(100), np.ones(100)]}})
    after = state({SEARCH: {"exact": np.r_[np.ones(100), np.zeros(100)]}}, first=100)
    found = diff(left, after, 1)
    assert found.queries == {"search, titles": 100}
    assert found.changes[0].mark == "="
    assert (found.changes[0].before, found.changes[0].after) == (1, 1)
    assert found.remarks == [("search, titles", "paired on 100 queries; before there were 200, after 200")]


def test_queries_with_other_judgments_are_left_out_and_said() -> None:
    """Those ten are all that changed."""
    judgments = np.arange(N)
    judgments[:10] += 1000
    after = right(0.5)
    after[:10] = 0
    found = diff(state({SEARCH: {"exact": right(0.5)}}), state({SEARCH: {"exact": after}}, judgments=judgments), 1)
    assert found.remarks == [("search, titles", "10 queries with other judgments were left out")]
    assert found.queries == {"search, titles": 190}
    assert found.changes[0].mark == "="


@pytest.mark.parametrize(
    ("first", "judgments", "reason"),
    [
        (N, None, "other queries: no queries in common"),
        (0, np.arange(N) + 1000, "other judgments: of every query"),
    ],
)
def test_nothing_in_common_is_not_compared(first: int, judgments: Any, reason: str) -> None:
    after = state({SEARCH: {"exact": right(0.9)}}, first=first, judgments=judgments)
    (change,) = diff(state({SEARCH: {"exact": right(0.5)}}), after, 1).changes
    assert (change.mark, change.reason) == ("x", reason)
    assert (change.before, change.after, change.p) == (0.5, 0.9, None)


INPUTS = {"items": "i", "interactions": "u", "queries": "q", "qrels": "r"}


@pytest.mark.parametrize(
    ("facts", "reasons"),
    [
        ({"dataset": "books"}, ["other data: films -> books"] * 2),
        ({"inputs": INPUTS | {"items": "j"}}, ["other data: the items changed"] * 2),
        ({"inputs": INPUTS | {"interactions": "v"}}, ["", "other data: the interactions changed"]),
        ({"inputs": INPUTS | {"queries": "p", "qrels": "s"}}, ["", ""]),  # ids and judgments tell
        (
            {"protocol": PROTOCOL | {"split": "timestamp", "depth": 50}},
            [f"other protocol: {t}.depth 100 -> 50, {t}.split given -> timestamp" for t in ("search", "recommend")],
        ),
        ({"protocol": PROTOCOL | {"seeds": 5, "metrics": ["ndcg@10", "hit@1"]}}, ["", ""]),
    ],
)
def test_what_cannot_be_compared_says_why(facts: dict[str, Any], reasons: list[str]) -> None:
    groups = {SEARCH: {"exact": right(0.5)}, USERS: {"profile": right(0.5)}}
    found = diff(state(groups), state(groups, **facts), 1)
    assert [one.reason for one in found.changes] == reasons
    assert [one.mark for one in found.changes] == ["x" if reason else "=" for reason in reasons]


def test_another_first_metric_is_not_compared() -> None:
    left, after = state({SEARCH: {"exact": right(0.5)}}), state({SEARCH: {"exact": right(0.5)}})
    after.decision["tasks"]["search"]["metric"] = "mrr@10"
    assert diff(left, after, 1).changes[0].reason == "other protocol: metric ndcg@10 -> mrr@10"


@pytest.mark.parametrize(("swapped", "mark"), [(False, "new"), (True, "gone")])
def test_a_task_without_data_on_one_side(swapped: bool, mark: str) -> None:
    one, both = state({SEARCH: {"exact": right(0.5)}}), state({SEARCH: {"exact": right(0.5)}, USERS: {"e": right(1)}})
    found = diff(both, one, 1) if swapped else diff(one, both, 1)
    assert {one.key: one.mark for one in found.changes} == {"exact": "=", "e": mark}


def test_a_single_query_shows_nothing() -> None:
    found = diff(state({SEARCH: {"exact": np.zeros(1)}}), state({SEARCH: {"exact": np.ones(1)}}), 1)
    (change,) = found.changes
    assert change.mark == "~"
    assert change.low is not None
    assert change.low < 0 < (change.high or 0)


def test_means_alone_are_not_tested_and_not_read() -> None:
    left, after = state({SEARCH: {"exact": right(0.5)}}), state({SEARCH: {"exact": right(0.1)}})
    after.measures.read = lambda cell: pytest.fail("read")
    found = diff(left, after, 1, means=True)
    assert [(one.mark, one.before, one.after, one.p) for one in found.changes] == [("?", 0.5, 0.1, None)]
    assert found.lost == []


def test_other_releases_are_refused() -> None:
    groups = {SEARCH: {"exact": right(0.5)}}
    with pytest.raises(TableError, match="main and lsa were decided by other releases of itemvec; run `dvc repro"):
        diff(state(groups), state(groups, "lsa", version=2), 1)
