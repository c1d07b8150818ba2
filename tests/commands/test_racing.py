from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from itemvec.commands.race_course import Course
from itemvec.commands.racing import SHARES, Racer, race
from itemvec.core.arrays import Floats, Ints
from itemvec.core.errors import ParamsError
from itemvec.core.top_k import NOTHING
from itemvec.metrics import Judgments
from itemvec.retrievers import Entries
from itemvec.stages.trial import Part
from tests.conftest import unit

N_ITEMS, N_QUERIES, DIM, TOKENS = 500, 120, 16, 10
NONE = np.empty(0, dtype=np.int64)


@pytest.fixture
def course(rng: np.random.Generator) -> Course:
    """To query i item i is relevant; the items after it are hard."""
    rows = np.arange(N_QUERIES)
    ids = pa.array([f"q{row}" for row in rows])
    judgments = Judgments(ids, rows, np.ones(N_QUERIES), np.arange(N_QUERIES + 1))
    test = Part(Entries(ids), judgments, rows, rows * N_ITEMS + rows, N_ITEMS)
    hard = (rows[:, None] + np.arange(1, 11)) % N_ITEMS
    return Course(test, pa.array([f"i{row}" for row in range(N_ITEMS)]), hard, "ndcg@10", 10, 0.01, seed=1)


@pytest.fixture
def racer(rng: np.random.Generator) -> Callable[..., Racer]:
    items = unit(rng.standard_normal((N_ITEMS, DIM), dtype=np.float32))
    noise = rng.standard_normal((N_QUERIES, DIM), dtype=np.float32) / np.float32(np.sqrt(DIM))

    def made(name: str, amount: float, cost: float = 1.0, seed: int = 0) -> Racer:
        """A model whose queries lie ``amount`` beside what is relevant to them."""
        own = np.random.default_rng(seed).standard_normal((N_QUERIES, DIM), dtype=np.float32) * np.float32(0.02)
        queries = items[:N_QUERIES] + np.float32(amount) * noise + (own if seed else np.float32(0))
        tokens = np.full(N_ITEMS, TOKENS), np.full(N_QUERIES, TOKENS)

        def encode(rows: Ints, asked: Ints) -> tuple[Floats, Floats]:
            return items[rows], queries[asked]

        return Racer(name, (cost,), encode, *tokens)

    return made


def test_the_best_wins_and_what_is_shown_worse_leaves(course: Course, racer: Callable[..., Racer]) -> None:
    racers = [racer("bad", 3.0), racer("good", 0.1), racer("worse", 5.0)]
    found = race(racers, course, budget=0.9)
    assert (found.winner, found.sure, found.aside) == ("good", True, [])
    last = found.looks[-1]
    assert last.n_queries < N_QUERIES
    assert not last.shown.may_be_best[[name != "good" for name in last.names]].any()


def test_tokens_are_those_of_the_pool_and_of_the_winner_in_full(course: Course, racer: Callable[..., Racer]) -> None:
    racers = [racer("bad", 3.0), racer("good", 0.1)]
    found = race(racers, course, budget=1.0)
    whole = TOKENS * (N_ITEMS + N_QUERIES)
    last = found.looks[-1]
    assert found.tokens == {"bad": TOKENS * (last.n_items + last.n_queries), "good": whole}
    assert found.share == (found.tokens["bad"] + whole) / (2 * whole)
    part = race(racers, course, budget=1.0, finish=False)
    assert part.tokens["good"] < whole


def test_the_cheapest_that_is_shown_to_lose_little_is_taken_at_once(
    course: Course, racer: Callable[..., Racer]
) -> None:
    racers = [racer("dear", 0.5, cost=9.0), racer("cheap", 0.5, cost=1.0), racer("other", 0.5, cost=2.0)]
    found = race(racers, replace(course, tolerance=0.5), budget=0.9)
    assert (found.winner, found.sure, len(found.looks)) == ("cheap", True, 1)
    undecided = race(racers, course, budget=0.9)  # copies, but a few queries cannot show that 1 % is not lost
    assert (undecided.sure, undecided.winner) == (False, "cheap")


@pytest.mark.parametrize("budget", [0.3, 0.4, 0.6])
def test_a_budget_is_not_exceeded(course: Course, racer: Callable[..., Racer], budget: float) -> None:
    """Models that nearly agree: the ones with the lowest means are set aside, and the end is undecided."""
    racers = [racer(f"m{one}", 1.0 + 0.02 * one, seed=one + 1) for one in range(10)]
    found = race(racers, course, budget)
    assert 0.1 < found.share <= budget
    assert not found.sure
    last = found.looks[-1]
    assert last.means[last.names.index(found.winner)] == last.means.max()
    for name in found.aside:
        look = next(one for one in reversed(found.looks) if name in one.names)
        assert look is not last
        assert look.means[look.names.index(name)] < max(look.means)


def test_with_all_tokens_every_query_is_asked(course: Course, racer: Callable[..., Racer]) -> None:
    racers = [racer(f"m{one}", 1.0, seed=one + 1) for one in range(3)]
    found = race(racers, course, budget=1.0)
    assert [look.n_queries for look in found.looks] == [round(share * N_QUERIES) for share in SHARES]
    assert found.aside == []
    assert found.ended == "all queries are asked"


def test_the_least_budget_is_named(course: Course, racer: Callable[..., Racer]) -> None:
    racers = [racer("a", 1.0, seed=1), racer("b", 1.0, seed=2)]
    with pytest.raises(ParamsError, match="the first look at 2 models and the winner in full takes") as caught:
        race(racers, course, budget=0.2)
    least = float(str(caught.value).split("--budget ")[1].split(",")[0])
    assert race(racers, course, least).share <= least


def test_the_same_seed_gives_the_same_race(course: Course, racer: Callable[..., Racer]) -> None:
    racers = [racer(f"m{one}", 1.0, seed=one + 1) for one in range(4)]
    told: list[list[str]] = [[], []]
    first, second = (race(racers, course, 0.5, say=lines.append) for lines in told)
    assert (first.winner, first.tokens, told[0]) == (second.winner, second.tokens, told[1])
    assert told[0][0].startswith("look 1 of 4: 15 queries, ")
    assert not np.array_equal(course.first(0.5), replace(course, seed=2).first(0.5))


def test_a_pool_holds_what_is_relevant_what_is_hard_and_some_others(course: Course) -> None:
    queries = course.first(1 / 8)
    expected = np.unique([queries, queries + 1, queries + 2])
    assert np.array_equal(replace(course, random=0.0).pool(NONE, queries, 2), expected)
    pool = replace(course, random=0.1).pool(NONE, queries, 2)
    assert len(np.setdiff1d(pool, expected)) > N_ITEMS / 20
    assert np.isin(expected, pool).all()
    assert np.isin(pool, course.pool(pool, course.first(1 / 4), 2)).all()
    empty = replace(course, hard=np.full_like(course.hard, NOTHING), random=0.0)
    assert np.array_equal(empty.pool(NONE, queries, 2), queries)


def test_what_was_judged_is_in_the_pool_where_nothing_else_counts(course: Course) -> None:
    judged = np.concatenate([course.test.judged, np.arange(N_QUERIES) * N_ITEMS + 400])
    condensed = replace(course, test=replace(course.test, judged=judged, skip=True), random=0.0)
    queries = course.first(1 / 8)
    assert np.array_equal(condensed.pool(NONE, queries, 0), [*queries, 400])


def test_values_are_those_of_the_ranking_of_the_pool(course: Course) -> None:
    """One dimension more for each item: query 3 finds item 7 and then item 3, query 5 finds item 5."""
    items = np.eye(N_ITEMS, dtype=np.float32)
    asked = np.stack([2 * items[7] + items[3], items[5]])
    pool, queries = np.array([3, 5, 7, 9]), np.array([3, 5])
    assert course.values(pool, queries, items[pool], asked) == pytest.approx([1 / np.log2(3), 1.0])
    hidden = np.full(N_QUERIES, NOTHING)
    hidden[3] = 7
    without = replace(course, test=replace(course.test, hidden=hidden))
    assert without.values(pool, queries, items[pool], asked) == pytest.approx([1.0, 1.0])
