"""Expected nDCG, by hand."""

from math import log2

import numpy as np
import pytest

from itemvec.judging.estimate import estimate
from tests.judging.conftest import pool_of


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


def test_what_no_system_ranks_counts_in_the_best_order_alone() -> None:
    """Both rank item 0 first and item 1 second; 0 and 7 are relevant. Item 8 is of a query that nobody asked."""
    pool = pool_of(np.array([[0, 1]]), np.array([[0, 2]]), 2).with_judged(np.array([0, 0, 3]), np.array([7, 1, 8]))
    assert pool.item.tolist() == [0, 1, 2, 7]
    found = estimate(pool, np.array([1.0, 0, 0, 1]), k=2)
    assert found.ndcg.tolist() == [pytest.approx([1 / (1 + 1 / log2(3))] * 2)]
    open_too = estimate(pool, np.array([np.nan, np.nan, np.nan, 1]), k=2)
    assert open_too.expected[:3].tolist() == [0.5] * 3
