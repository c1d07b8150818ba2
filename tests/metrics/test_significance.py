import numpy as np
import pytest
from scipy.stats import permutation_test

from itemvec.metrics import holm, interval, paired_p


def test_interval_of_a_normal_mean(rng: np.random.Generator) -> None:
    values = rng.normal(3, 1, size=400)
    low, high = interval(values, seed=1)
    assert (high - low) / 2 == pytest.approx(1.96 * values.std(ddof=1) / 400**0.5, rel=0.1)
    assert (low + high) / 2 == pytest.approx(values.mean(), abs=0.01)


def test_interval_of_equal_values_is_the_value() -> None:
    assert interval(np.full(10, 0.5), seed=1) == (0.5, 0.5)
    assert interval(np.array([0.25]), seed=1) == (0.25, 0.25)


def test_same_seed_same_interval(rng: np.random.Generator) -> None:
    values = rng.random(50)
    assert interval(values, seed=1) == interval(values, seed=1) != interval(values, seed=2)


def test_paired_p_agrees_with_scipy(rng: np.random.Generator) -> None:
    left = rng.random(60)
    right = left + rng.normal(0.02, 0.1, size=60)
    right[:20] = left[:20]  # queries without a difference
    expected = permutation_test(
        (left - right,), np.mean, permutation_type="samples", vectorized=True, n_resamples=9999, rng=rng
    )
    assert paired_p(left, right, seed=1) == pytest.approx(expected.pvalue, abs=0.02)


def test_paired_p_of_no_difference_is_one(rng: np.random.Generator) -> None:
    values = rng.random(10)
    assert paired_p(values, values, seed=1) == 1.0


def test_paired_p_of_few_queries_cannot_be_small() -> None:
    assert paired_p(np.ones(3), np.zeros(3), seed=1) == pytest.approx(2 / 2**3, abs=0.02)


def test_holm_by_hand() -> None:
    assert holm(np.array([0.01, 0.04, 0.03])) == pytest.approx([3 * 0.01, 2 * 0.03, 2 * 0.03])
    assert holm(np.array([0.6, 0.7])) == pytest.approx([1, 1])
    assert holm(np.array([])).shape == (0,)
