from itertools import combinations

import numpy as np
import pytest

from itemvec.studies.capacity_bound import curve, margin, selectors


@pytest.mark.parametrize(("n", "k"), [(7, 1), (12, 2), (10, 3)])
def test_every_set_is_first_for_its_query(n: int, k: int) -> None:
    points, chosen = curve(n, k), np.array(list(combinations(range(n), k)))
    queries = selectors(2 * np.pi * chosen / n)
    assert points.shape == (n, 2 * k)
    for vectors in (points, queries):
        assert np.linalg.norm(vectors, axis=1) == pytest.approx(1)
    scores = queries @ points.T
    inside = np.zeros(scores.shape, dtype=bool)
    np.put_along_axis(inside, chosen, True, axis=1)
    ahead = np.where(inside, scores, np.inf).min(axis=1) - np.where(inside, -np.inf, scores).max(axis=1)
    assert ahead.min() > 0
    assert ahead.min() == pytest.approx(margin(n, k))


def test_margin_of_single_items_by_hand() -> None:
    """On the circle a query is its item, and the next one is a step away."""
    assert margin(12, 1) == pytest.approx(1 - np.cos(2 * np.pi / 12))


def test_margin_vanishes_as_the_fourth_power() -> None:
    assert margin(400, 2) / margin(800, 2) == pytest.approx(2**4, rel=1e-2)
    assert margin(100, 2, np.float32) > 0 > margin(1000, 2, np.float32)
