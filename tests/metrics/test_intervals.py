import numpy as np
import pytest
from scipy.stats import beta, t

from itemvec.metrics import Spread
from itemvec.metrics.intervals import mean_interval


def test_of_zeros_and_ones_it_is_that_of_clopper_and_pearson() -> None:
    values = (np.arange(80) < 30).astype(np.float64)
    expected = beta.ppf([0.025, 0.975], [30, 31], [51, 50])
    assert mean_interval(values) == pytest.approx(expected, rel=0.01)


def test_in_the_middle_it_is_close_to_the_usual(rng: np.random.Generator) -> None:
    values = rng.uniform(0.2, 0.8, 400)
    low, high = mean_interval(values)
    assert (high - low) / 2 == pytest.approx(1.96 * values.std(ddof=1) / 20, rel=0.1)


def test_equal_values_leave_doubt() -> None:
    """Where 100 are right, 1 - 0.025**(1/100) may be wrong."""
    low, high = mean_interval(np.ones(100))
    assert (low, high) == pytest.approx((0.025**0.01, 1.0), rel=1e-3)
    assert mean_interval(np.zeros(100)) == pytest.approx((0.0, 1 - 0.025**0.01), rel=0.03)


def test_seeds_widen_it(rng: np.random.Generator) -> None:
    values = rng.uniform(0.4, 0.6, 10_000)
    low, high = mean_interval(values, Spread(0.01**2, 2))
    assert (high - low) / 2 == pytest.approx(t.ppf(0.975, 2) * 0.01, rel=0.05)


def test_values_of_any_size(rng: np.random.Generator) -> None:
    values = rng.normal(5, 2, 1000)
    low, high = mean_interval(values)
    assert low < 5 < high
    assert (high - low) / 2 == pytest.approx(1.96 * 2 / 1000**0.5, rel=0.2)
    assert np.isnan(mean_interval(np.zeros(0))).all()
