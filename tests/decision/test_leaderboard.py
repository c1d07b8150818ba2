from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from itemvec.core.errors import ParamsError, TableError
from itemvec.decision.diff import diff
from itemvec.decision.leaderboard import leaderboard
from itemvec.decision.leaderboard_text import as_data, as_text, sentences
from itemvec.decision.revisions import Revision
from tests.decision.states import Cells, right, state

TITLES, REAL, USERS = ("search", "titles"), ("search", "real"), ("recommend", "users")


def tried(model: str, share: float, users: float | None = None, **facts: Any) -> Revision:
    """A model that finds ``share`` of the titles by ``exact on full``; BM25 finds all."""
    groups: dict[tuple[str, str], Cells] = {TITLES: {"bm25": right(1.0), "exact/full": right(share)}}
    if users is not None:
        groups[USERS] = {"profile/full": right(users)}
    return state(groups, model, model=model, seed=1, **facts)


def test_the_best_alone_is_used() -> None:
    minilm = tried("minilm", 0.9, encoder={"parameters": 22_713_216})
    found = leaderboard([minilm, tried("lsa", 0.5), tried("hashing", 0.4)])
    assert sentences(found) == [
        "Search: use minilm (22.7 M parameters, 384 d), the only one of 3 models that is not shown worse than the "
        "best, by exact/full. ndcg@10: 0.9000 (the highest)."
    ]
    assert [one.shown.may_be_best.tolist() for one in found.columns] == [[True, False, False]]


def test_each_group_is_named_where_there_are_several() -> None:
    shares = {"good": (0.9, 0.8), "bad": (0.1, 0.2)}
    states = [
        state({TITLES: {"exact/full": right(one)}, REAL: {"exact/full": right(other)}}, name, model=name, seed=1)
        for name, (one, other) in shares.items()
    ]
    (said,) = sentences(leaderboard(states))
    assert said.endswith("by exact/full. ndcg@10: titles: 0.9000 (the highest); real: 0.8000 (the highest).")


def test_the_cheapest_of_equals_is_used() -> None:
    big, small = {"parameters": 100_000_000}, {"parameters": 1_000_000}
    equal = [tried(name, 1.0, encoder=one, tolerance=0.05) for name, one in (("big", big), ("small", small))]
    found = leaderboard([*equal, tried("lsa", 0.1, encoder=big, tolerance=0.05)])
    assert sentences(found)[0].startswith(
        "Search: use small (1.0 M parameters, 384 d), the cheapest of 3 models that is shown to lose less than 5%"
    )


def test_a_model_of_unknown_size_is_not_taken_for_free() -> None:
    """A paid model whose row states no price, and a folder whose row states no parameters, are no cheapest models."""
    known = tried("known", 1.0, encoder={"parameters": 7_000_000_000, "tokens": 9}, tolerance=0.05)
    others = [tried(name, 1.0, encoder={"tokens": 9}, tolerance=0.05) for name in ("api", "folder")]
    assert sentences(leaderboard([*others, known]))[0].startswith("Search: use known (7,000.0 M parameters")
    counted = tried("words", 1.0, tolerance=0.05)  # counts words: no parameters, no tokens
    assert sentences(leaderboard([known, counted]))[0].startswith("Search: use words")


def test_what_is_not_shown_is_undecided() -> None:
    rng = np.random.default_rng(3)
    states = [state({TITLES: {"exact/full": rng.random(200)}}, name, model=name, seed=1) for name in ("one", "other")]
    (said,) = sentences(leaderboard(states))
    assert said.startswith("Search: undecided between one, other: none of them is shown worse")


def test_groups_that_disagree_have_no_best() -> None:
    shares = {"a": (0.9, 0.1), "b": (0.1, 0.9)}
    states = [
        state(
            {TITLES: {"exact/full": right(one)}, ("search", "real"): {"exact/full": right(other)}}, model=name, seed=1
        )
        for name, (one, other) in shares.items()
    ]
    assert sentences(leaderboard(states)) == [
        "Search: no model is among the best in every group of queries, by exact/full; highest: titles: a 0.9000; "
        "real: b 0.9000."
    ]


def test_a_model_counts_once_and_other_data_not_at_all() -> None:
    states = [
        tried("minilm", 0.9),
        tried("minilm", 0.2),
        tried("lsa", 0.5, dataset="books"),
        tried("hashing", 0.5, inputs={"items": "others", "interactions": "u"}),
    ]
    found = leaderboard(states)
    assert [one.model for one in found.entries] == ["minilm"]
    assert found.left_out == [
        ("lsa d69d55a, lsa 384 d", "other data: films -> books"),
        ("hashing d69d55a, hashing 384 d", "other data: the items changed"),
    ]
    assert "Left out: lsa d69d55a, lsa 384 d: other data: films -> books." in as_text(found)
    assert "the only model that was tried" in sentences(found)[0]


def test_models_are_paired_on_the_queries_that_all_have() -> None:
    first, second = tried("minilm", 0.9), state({TITLES: {"exact/full": right(0.9)}}, model="lsa", first=100, seed=1)
    (column,) = leaderboard([first, second]).columns
    assert column.n_units == 100
    assert column.means == pytest.approx([0.8, 1.0])


def test_another_cell_can_be_asked_for() -> None:
    states = [tried("minilm", 0.9), tried("lsa", 0.5)]
    assert [one.key for one in leaderboard(states, ("search/bm25",)).columns] == ["bm25"]
    with pytest.raises(ParamsError, match="no system was measured as 'search/bm52'; did you mean 'search/bm25'"):
        leaderboard(states, ("search/bm52",))


def test_a_model_without_the_cell_is_left_out() -> None:
    other = state({TITLES: {"bm25": right(0.5)}}, "lsa", model="lsa", seed=1)
    found = leaderboard([tried("minilm", 0.9), other])
    assert found.left_out == [("lsa d69d55a, lsa 384 d", "it did not measure exact/full")]


def test_both_tasks_have_a_sentence_and_a_table() -> None:
    states = [tried("minilm", 0.9, 0.1, encoder={"licence": "a|b", "cost": 0.5}), tried("lsa", 0.5, 0.6)]
    found = leaderboard(states)
    assert sorted(one.split(":")[0] for one in sentences(found)) == ["Recommendation", "Search"]
    text = as_text(found)
    assert "Recommendation, profile/full: ndcg@10 over 200 users" in text
    assert max(map(len, text.splitlines())) <= 120
    assert "a\\|b" in as_text(found, markdown=True)
    assert [one["dim"] for one in as_data(found)["models"]] == [384, 384]


def test_the_same_verdict_as_the_diff_of_two() -> None:
    rng = np.random.default_rng(1)
    for gain in (0.0, 0.05, 0.3):
        values = rng.random(200) * 0.5
        left, other = (
            state({TITLES: {"exact/full": one}}, name, model=name, seed=1)
            for name, one in (("a", values), ("b", values + gain))
        )
        (change,) = diff(left, other, 1).changes
        (column,) = leaderboard([left, other]).columns
        assert (change.mark == "better") == (not column.shown.may_be_best[0])


def test_nothing_to_compare_is_said() -> None:
    with pytest.raises(TableError, match="no state of this repository has a decision"):
        leaderboard([])


def test_values_of_another_decision_are_refused() -> None:
    """As after `git checkout` without `dvc checkout`."""
    torn = replace(tried("lsa", 0.5), measures=tried("lsa", 0.9).measures)
    with pytest.raises(TableError, match="values per query are not those that"):
        leaderboard([tried("minilm", 0.9), torn])
    with pytest.raises(TableError, match="run `dvc checkout`"):
        diff(tried("minilm", 0.9), torn, 1)
