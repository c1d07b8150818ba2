import numpy as np
import pytest

from itemvec.metrics import Spread


def test_samples_that_vary_alike_share_one_variance() -> None:
    """Variances 1 and 4 of three values each: 2.5 with four degrees of freedom; a single value adds nothing."""
    first, second, single = Spread.pooled([np.array([1.0, 2, 3]), np.array([0.0, 2, 4]), np.array([9.0])], "a")
    assert first.variance == pytest.approx(2.5 / 3)
    assert first.degrees == 4
    assert second == first
    assert single == Spread()


def test_a_difference_within_a_pool_has_the_pools_degrees_of_freedom() -> None:
    first, second, single = Spread.pooled([np.array([1.0, 2, 3]), np.array([0.0, 2, 4]), np.array([9.0])], "a")
    assert (first + second).degrees == 4
    assert (first + second).variance == pytest.approx(2 * 2.5 / 3)
    assert (first + single).degrees == pytest.approx(4)
    other = Spread.pooled([np.array([1.0, 2, 3])], "b")[0]
    assert (first + other).degrees > 4  # of two estimates


def test_without_seeds_there_is_no_spread() -> None:
    assert Spread.pooled([np.array([1.0]), np.array([2.0])], "a") == [Spread(), Spread()]
