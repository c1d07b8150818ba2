"""Interleaved lists and the sign test, by hand."""

import numpy as np
import pytest

from itemvec.judging.interleaving import EQUAL, FIRST, SECOND, better, conclusion, sign_test, team_draft


def test_teams_take_turns_and_no_item_stands_twice() -> None:
    for seed in range(20):
        items, teams = team_draft(np.array([1, 2, 3, -1]), np.array([1, 4, 5, 2]), np.random.default_rng(seed), 10)
        assert sorted(items.tolist()) == [1, 2, 3, 4, 5]
        assert {*teams[:2].tolist()} == {*teams[2:4].tolist()} == {FIRST, SECOND}
        assert items[0] == 1


def test_who_begins_is_chance() -> None:
    first = [team_draft(np.array([1]), np.array([2]), np.random.default_rng(seed), 2)[1][0] for seed in range(200)]
    assert 70 < first.count(FIRST) < 130


def test_picks_are_credited_to_the_team_of_the_place() -> None:
    teams = np.array([FIRST, SECOND, SECOND, FIRST])
    assert [better(teams, picks) for picks in ([0], [1, 2, 3], [0, 1], [])] == [FIRST, SECOND, EQUAL, EQUAL]


@pytest.mark.parametrize(
    ("first", "second", "p"), [(5, 0, 2 / 32), (0, 6, 2 / 64), (3, 3, 1.0), (0, 0, 1.0), (7, 1, 18 / 256)]
)
def test_sign_test_by_hand(first: int, second: int, p: float) -> None:
    assert sign_test(first, second) == pytest.approx(p)


def test_the_conclusion_names_the_winner_only_where_it_is_one() -> None:
    assert conclusion(("a", "b"), [SECOND] * 6 + [EQUAL]) == (
        "b is preferred: of 7 lists, a in 0, b in 6, equal in 1; sign test, p = 0.031."
    )
    assert conclusion(("a", "b"), [FIRST] * 5).startswith("no significant difference: of 5 lists")
