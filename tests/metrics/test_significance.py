import numpy as np
import pytest
from scipy.stats import norm, permutation_test

from itemvec.metrics import holm, interval, paired_p, standard_error, widen


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
    assert paired_p(left - right, 0.0, seed=1) == pytest.approx(expected.pvalue, abs=0.02)


def test_paired_p_of_no_difference_is_one(rng: np.random.Generator) -> None:
    assert paired_p(np.zeros(10), 0.0, seed=1) == 1.0
    assert paired_p(np.zeros(10), 0.1, seed=1) == 1.0


def test_paired_p_of_few_queries_cannot_be_small() -> None:
    assert paired_p(np.ones(3), 0.0, seed=1) == pytest.approx(2 / 2**3, abs=0.02)


def test_paired_p_is_never_zero() -> None:
    assert paired_p(np.ones(1000), 0.0, seed=1) == 1 / 10_000


def test_the_luck_of_a_seed_is_not_taken_for_a_fact(rng: np.random.Generator) -> None:
    """A difference of 0.01 that all queries agree on, from seeds that scatter by more."""
    difference = 0.01 + rng.normal(0, 0.01, size=500)
    assert paired_p(difference, 0.0, seed=1) < 0.001
    assert paired_p(difference, 0.02, seed=1) == pytest.approx(2 * norm.sf(0.01 / 0.02), abs=0.02)


def test_two_of_the_same_system_seldom_differ(rng: np.random.Generator) -> None:
    """Planted: 100 pairs of means of three seeds each, from one system whose seeds scatter."""
    found = []
    for _ in range(100):
        queries = rng.normal(0, 0.3, size=200)
        seeds = [queries[:, None] + rng.normal(0, 0.05, size=3) + rng.normal(0, 0.05, (200, 3)) for _ in range(2)]
        errors = [standard_error(values.mean(axis=0)) for values in seeds]
        difference = seeds[0].mean(axis=1) - seeds[1].mean(axis=1)
        found.append(
            [paired_p(difference, error, seed=1) < 0.05 for error in (0.0, sum(error**2 for error in errors) ** 0.5)]
        )
    without, with_seeds = np.mean(found, axis=0)
    assert without > 0.5  # what queries alone would claim
    assert with_seeds < 0.2


def test_standard_errors_by_hand() -> None:
    assert standard_error(np.array([1.0, 2.0, 3.0])) == pytest.approx(1 / 3**0.5)
    assert standard_error(np.array([1.0])) == 0
    low, high = widen(0.5, 0.5 - 3, 0.5 + 3, error=4 / 1.959964)
    assert (low, high) == pytest.approx((0.5 - 5, 0.5 + 5))
    assert widen(0.5, 0.4, 0.7, error=0.0) == pytest.approx((0.4, 0.7))


def test_holm_by_hand() -> None:
    assert holm(np.array([0.01, 0.04, 0.03])) == pytest.approx([3 * 0.01, 2 * 0.03, 2 * 0.03])
    assert holm(np.array([0.6, 0.7])) == pytest.approx([1, 1])
    assert holm(np.array([])).shape == (0,)
