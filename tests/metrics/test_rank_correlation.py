import numpy as np
import pytest
from scipy.stats import spearmanr

from itemvec.metrics.rank_correlation import rank_correlation


def test_agrees_with_scipy_where_values_are_equal_too(rng: np.random.Generator) -> None:
    left, right = rng.integers(0, 5, 30).astype(float), rng.random(30)
    found = rank_correlation(left, left + right)
    assert found is not None
    assert found.rho == pytest.approx(spearmanr(left, left + right).statistic)


def test_the_interval_is_fishers_with_the_variance_of_bonett_and_wright() -> None:
    order = np.array([1.0, 0, 3, 2, 5, 4, 7, 6])  # rho = 1 - 6 * 8 / (8 * 63)
    found = rank_correlation(np.arange(8.0), order)
    assert found is not None
    rho = 1 - 6 * 8 / (8 * 63)
    half = 1.959964 * np.sqrt((1 + rho**2 / 2) / 5)
    assert (found.rho, found.low, found.high) == pytest.approx(
        (rho, np.tanh(np.arctanh(rho) - half), np.tanh(np.arctanh(rho) + half))
    )
    assert found.shown


def test_the_interval_holds_as_often_as_it_says(rng: np.random.Generator) -> None:
    """Independent quantities: about one in twenty is called related."""
    found = [rank_correlation(*rng.standard_normal((2, 12))) for _ in range(2000)]
    assert np.mean([one is not None and one.shown for one in found]) == pytest.approx(0.05, abs=0.02)


def test_few_points_and_equal_points_are_refused() -> None:
    assert rank_correlation(np.arange(7.0), np.arange(7.0)) is None
    assert rank_correlation(np.arange(9.0), np.ones(9)) is None
