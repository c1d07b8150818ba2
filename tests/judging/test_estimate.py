"""Expected nDCG, what is decided, and what is asked first; by hand, and by simulation of equal systems."""

from math import log2

import numpy as np
import pyarrow as pa
import pytest

from itemvec.judging.contrasts import contrasts, leading, sentences
from itemvec.judging.estimate import estimate
from itemvec.judging.order import next_pairs, worth
from itemvec.judging.pool import Pool, pooled

NONE = np.arange(0)


def pool_of(first: np.ndarray, second: np.ndarray, depth: int) -> Pool:
    queries, items = pa.array([f"q{n:03}" for n in range(len(first))]), pa.array([f"i{n:03}" for n in range(200)])
    return pooled({"first": first, "second": second}, queries, items, depth)


def test_all_judged_it_is_ndcg() -> None:
    """One query: first ranks gains 0, 2; second 2, 0; 2 is the highest."""
    pool = pool_of(np.array([[0, 1]]), np.array([[1, 0]]), 2)
    found = estimate(pool, np.array([0.0, 1.0]), k=2)
    assert found.ndcg.tolist() == [pytest.approx([1 / log2(3), 1.0])]
    assert found.variance.tolist() == [0, 0]


def test_what_is_not_judged_counts_as_the_mean_of_its_query() -> None:
    """Of all, 4 judgments of .5 are expected before: (4 * .5 + 1 + 1) / (4 + 2) = 2/3, worth 2 in each query."""
    pool = pool_of(np.array([[0, 1], [2, 3]]), np.array([[1, 0], [3, 2]]), 2)
    found = estimate(pool, np.array([1.0, 1.0, np.nan, np.nan]), k=2)
    assert found.expected.tolist() == pytest.approx([1, 1, 2 / 3, 2 / 3])
    assert found.variance.tolist() == pytest.approx([0, 0, 2 / 9, 2 / 9])


def test_what_both_rank_alike_is_asked_last() -> None:
    """Item 0 is first in both; items 1 and 2 change places; items 3 and 4 stand in one alone."""
    pool = pool_of(np.array([[0, 1, 2, 3]]), np.array([[0, 2, 1, 4]]), 4)
    values = worth(estimate(pool, np.full(5, np.nan), k=4), [0, 1])
    assert values[0] == 0
    assert min(values[3:]) > max(values[1:3]) > 0
    some = next_pairs(pool, values, np.arange(5), None, 10)
    assert sorted(some[:2].tolist()) == [3, 4]
    assert 0 not in some


def test_a_query_is_stayed_with_while_it_is_worth_half() -> None:
    pool = pool_of(np.array([[0, 1], [2, 3], [4, 5]]), np.array([[9, 8], [7, 6], [4, 5]]), 2)
    values, free = worth(estimate(pool, np.full(len(pool), np.nan), k=2), [0, 1]), np.arange(len(pool))
    assert set(pool.query[next_pairs(pool, values, free, 1, 10)]) == {1}
    assert set(pool.query[next_pairs(pool, values, free, 2, 10)]) != {2}  # there both rank alike
    assert set(pool.query[next_pairs(pool, values, free, 2, 10, whole=True)]) == {2}
    begun = free[free != np.flatnonzero(pool.query == 1)[0]]
    assert set(pool.query[next_pairs(pool, values, begun, None, 10, whole=True)]) == {1}


def judged(first: np.ndarray, second: np.ndarray, gains: np.ndarray) -> list[int]:
    """Judge in the order of the page; when it was decided, and for whom; [] if never."""
    pool = pool_of(first, second, 5)
    truth, known, last = gains[pool.query, pool.item], np.full(len(pool), np.nan), None
    lead = [0, 1]
    while np.isnan(known).any():
        found = estimate(pool, known, 5)
        some = next_pairs(pool, worth(found, lead), np.flatnonzero(np.isnan(known)), last, 10)
        last = int(pool.query[some[0]])
        known[some] = truth[some]
        states = contrasts(estimate(pool, known, 5), pool, NONE)
        if states[0].decided:
            return [int((~np.isnan(known)).sum()), states[0].best]
        lead = leading(states, 2)
    return []


def test_equal_systems_are_seldom_decided_however_often_one_looks() -> None:
    """60 pairs of equal systems: at 5 %, eight false claims or more have a chance of 1 %."""
    claims = 0
    for seed in range(60):
        rng = np.random.default_rng(seed)
        first, second = (np.stack([rng.permutation(30)[:5] for _ in range(25)]) for _ in range(2))
        claims += bool(judged(first, second, rng.random((25, 200)).round()))
    assert claims < 8


def test_a_clear_difference_is_decided_early_and_says_so() -> None:
    rng = np.random.default_rng(3)
    gains = np.zeros((40, 200))
    gains[:, :5] = 1
    first = np.stack([rng.permutation(5) for _ in range(40)])
    second = np.stack([5 + rng.permutation(90)[:5] for _ in range(40)])
    n_judged, best = judged(first, second, gains)
    assert best == 0
    assert n_judged < 0.3 * 400
    pool = pool_of(first, second, 5)
    known = np.full(len(pool), np.nan)
    some = rng.permutation(len(pool))[:20]
    known[some] = gains[pool.query, pool.item][some]
    found = estimate(pool, known, 5)
    order = np.argsort(-worth(found, [0, 1]), kind="stable")
    states = contrasts(found, pool, order[np.isnan(known[order])])
    assert 0 < states[0].more < 200
    assert sentences(states, pool.systems, 20) == [f"first against second: {states[0].more} more"]


def test_a_pool_that_cannot_decide_says_how_many_queries_would() -> None:
    """Of four queries the first system answers two better, one worse."""
    first, second = np.array([[0], [0], [0], [0]]), np.array([[1], [1], [1], [1]])
    pool = pool_of(first, second, 1)
    gains = np.array([1.0, 0, 1, 0, 0, 1, 1, 1])
    (state,) = contrasts(estimate(pool, gains, 1), pool, NONE)
    assert state.known == 1
    assert state.difference == pytest.approx(1 / 4)
    spread = np.var([1, 1, -1, 0], ddof=1)
    assert state.queries == np.ceil(4 * (1.96 / (1 / 4 / (spread / 4) ** 0.5)) ** 2)
    assert "no difference is shown; about" in sentences([state], pool.systems, 8)[0]
