"""What is asked first, by hand."""

import numpy as np
import pytest

from itemvec.judging.estimate import estimate
from itemvec.judging.order import misjudged, next_pairs, worth
from tests.judging.conftest import pool_of


def test_what_both_rank_alike_is_asked_last() -> None:
    """Item 0 is first in both; items 1 and 2 change places; items 3 and 4 stand in one alone."""
    pool = pool_of(np.array([[0, 1, 2, 3]]), np.array([[0, 2, 1, 4]]), 4)
    values = worth(estimate(pool, np.full(5, np.nan), k=4), [0, 1])
    assert values[0] == 0
    assert min(values[3:]) > max(values[1:3]) > 0
    some = next_pairs(pool, values, np.arange(5), None, 10)
    assert sorted(some[:2].tolist()) == [3, 4]
    assert 0 not in some


def test_a_query_that_a_run_misjudges_most_is_finished_first() -> None:
    """Of query 0 nothing is open between the two; of query 1 the first system's items are, of query 2 one of each."""
    pool = pool_of(np.array([[0, 1], [2, 3], [4, 5]]), np.array([[0, 1], [9, 8], [7, 6]]), 2)
    is_open = ((pool.query == 0) & (pool.item == 0)) | np.isin(pool.item, [2, 3]) | np.isin(pool.item, [4, 7])
    found = estimate(pool, np.where(is_open, np.nan, 1.0), k=2)
    values = misjudged(found, pool, 0, [1])
    assert set(pool.query[next_pairs(pool, values, np.flatnonzero(is_open), None, 10, whole=True)]) == {1}
    assert (values[~is_open] == 0).all()
    assert (values[is_open] > 0).all()
    assert values[pool.item == 2] == pytest.approx(found.expected[pool.item == 2] / 2)  # both count 1, one half each


def test_a_query_is_stayed_with_while_it_is_worth_half() -> None:
    pool = pool_of(np.array([[0, 1], [2, 3], [4, 5]]), np.array([[9, 8], [7, 6], [4, 5]]), 2)
    values, free = worth(estimate(pool, np.full(len(pool), np.nan), k=2), [0, 1]), np.arange(len(pool))
    assert set(pool.query[next_pairs(pool, values, free, 1, 10)]) == {1}
    assert set(pool.query[next_pairs(pool, values, free, 2, 10)]) != {2}  # there both rank alike
    assert set(pool.query[next_pairs(pool, values, free, 2, 10, whole=True)]) == {2}
    begun = free[free != np.flatnonzero(pool.query == 1)[0]]
    assert set(pool.query[next_pairs(pool, values, begun, None, 10, whole=True)]) == {1}
