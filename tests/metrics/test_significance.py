from math import inf

import numpy as np
import pytest
from scipy.stats import norm, permutation_test, t

from itemvec.metrics import Spread, holm, interval, paired_p, widen


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
    assert paired_p(left - right, Spread(), seed=1) == pytest.approx(expected.pvalue, abs=0.02)


def test_paired_p_of_no_difference_is_one(rng: np.random.Generator) -> None:
    assert paired_p(np.zeros(10), Spread(), seed=1) == 1.0
    assert paired_p(np.zeros(10), Spread(0.01, 2), seed=1) == 1.0


def test_paired_p_of_few_queries_cannot_be_small() -> None:
    assert paired_p(np.ones(3), Spread(), seed=1) == pytest.approx(2 / 2**3, abs=0.02)


def test_paired_p_is_never_zero() -> None:
    assert paired_p(np.ones(1000), Spread(), seed=1) == 1 / 10_000


def test_the_luck_of_a_seed_is_not_taken_for_a_fact(rng: np.random.Generator) -> None:
    """A difference of 0.01 that all queries agree on, from seeds that scatter by more."""
    difference = 0.01 + rng.normal(0, 0.01, size=500)
    assert paired_p(difference, Spread(), seed=1) < 0.001
    assert paired_p(difference, Spread(0.02**2), seed=1) == pytest.approx(2 * norm.sf(0.01 / 0.02), abs=0.02)
    assert paired_p(difference, Spread(0.02**2, 2), seed=1) == pytest.approx(2 * t.sf(0.01 / 0.02, 2), abs=0.02)


def test_two_of_the_same_system_seldom_differ(rng: np.random.Generator) -> None:
    """Planted: 100 pairs of means of three seeds each, from one system whose seeds scatter."""
    found = []
    for _ in range(100):
        queries = rng.normal(0, 0.3, size=200)
        seeds = [queries[:, None] + rng.normal(0, 0.05, size=3) + rng.normal(0, 0.05, (200, 3)) for _ in range(2)]
        spreads = [Spread.of(values.mean(axis=0)) for values in seeds]
        difference = seeds[0].mean(axis=1) - seeds[1].mean(axis=1)
        found.append([paired_p(difference, spread, seed=1) < 0.05 for spread in (Spread(), spreads[0] + spreads[1])])
    without, with_seeds = np.mean(found, axis=0)
    assert without > 0.5  # what queries alone would claim
    assert with_seeds < 0.1


def test_spreads_by_hand() -> None:
    three = Spread.of(np.array([1.0, 2.0, 3.0]))
    assert (three.error, three.degrees) == pytest.approx((1 / 3**0.5, 2))
    assert Spread.of(np.array([1.0])) == Spread(0, inf)
    twice, alone = three + three, three + Spread()
    assert (twice.variance, twice.degrees) == pytest.approx((2 / 3, 4))
    assert (alone.variance, alone.degrees) == pytest.approx((1 / 3, 2))
    assert (Spread(3.0, 1) + Spread(1.0)).degrees == pytest.approx(16 / 9)


def test_an_interval_is_widened_by_hand() -> None:
    low, high = widen(0.5, 0.5 - 3, 0.5 + 3, Spread((4 / 1.959964) ** 2))
    assert (low, high) == pytest.approx((0.5 - 5, 0.5 + 5))
    assert widen(0.5, 0.4, 0.7, Spread()) == pytest.approx((0.4, 0.7))
    assert widen(0.5, 0.5, 0.5, Spread(0.01, 2)) == pytest.approx((0.5 - 0.4303, 0.5 + 0.4303), abs=1e-4)


def test_holm_by_hand() -> None:
    assert holm(np.array([0.01, 0.04, 0.03])) == pytest.approx([3 * 0.01, 2 * 0.03, 2 * 0.03])
    assert holm(np.array([0.6, 0.7])) == pytest.approx([1, 1])
    assert holm(np.array([])).shape == (0,)
