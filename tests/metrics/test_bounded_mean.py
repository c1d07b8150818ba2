import numpy as np
import pytest
from scipy.stats import beta, norm

from itemvec.core.arrays import Doubles
from itemvec.metrics.bounded_mean import AdverseSample


def sample(values: Doubles, floor: float, times: float = 1.0) -> AdverseSample:
    none = np.zeros(values.shape[1])
    return AdverseSample.of(values, floor, none, none + np.inf, times)


@pytest.mark.parametrize("n", [1, 3, 5, 10])
def test_equal_gains_by_hand(n: int) -> None:
    """Each of n gains as much as the one more could lose: n exponential weights below another, in 1 of 2**n."""
    assert norm.sf(sample(np.ones((n, 1)), -1.0).scores()) == pytest.approx([0.5**n], rel=0.05)


@pytest.mark.parametrize(("n", "right"), [(50, 49), (50, 25), (300, 300), (71, 1)])
def test_of_zeros_and_ones_the_bound_is_that_of_clopper_and_pearson(n: int, right: int) -> None:
    values = (np.arange(n) < right).astype(np.float64)[:, None]
    found = sample(values, 0.0).lower_bounds(norm.isf(0.025))
    assert found == pytest.approx([beta.ppf(0.025, right, n - right + 1)], rel=0.03)


def test_scores_are_the_tail_of_random_weights(rng: np.random.Generator) -> None:
    for n in (20, 71):
        values = np.clip(rng.normal(0.05, 0.2, n), -1, 1)
        weighted = rng.exponential(size=(200_000, n + 1)) @ np.append(values, -1)
        score = sample(values[:, None], -1.0).scores()
        expected = np.mean(weighted <= 0)
        assert norm.sf(score)[0] == pytest.approx(expected, abs=0.005) or (score[0] == 0 and expected > 0.4)


def test_a_bound_is_where_the_score_is_reached(rng: np.random.Generator) -> None:
    values = rng.uniform(-0.5, 0.7, (80, 7))
    for score in (1.0, 1.96, 4.0):
        bounds = sample(values, -1.0).lower_bounds(score)
        again = [sample(values[:, [j]], -1.0).scores(float(bounds[j]))[0] for j in range(7)]
        assert again == pytest.approx([score] * 7, abs=1e-6)


def test_absent_units_are_not_there(rng: np.random.Generator) -> None:
    values = rng.normal(0.1, 0.3, (60, 2)).clip(-1, 1)
    holes = values.copy()
    holes[40:, 1] = np.nan
    expected = [*sample(values[:, :1], -1.0).scores(), *sample(values[:40, 1:], -1.0).scores()]
    assert sample(holes, -1.0).scores() == pytest.approx(expected)
    assert sample(holes, -1.0).size.tolist() == [61, 41]


def test_twice_the_units_is_the_sample_twice(rng: np.random.Generator) -> None:
    values = rng.normal(0.1, 0.3, (30, 1)).clip(-1, 1)
    assert sample(values, -1.0, times=2).scores() == pytest.approx(sample(np.vstack([values] * 2), -1.0).scores())


def test_nothing_above_is_no_evidence() -> None:
    assert sample(np.full((5, 1), -0.2), -1.0).scores().tolist() == [0.0]
    assert sample(np.zeros((5, 1)), 0.0).scores().tolist() == [0.0]
    assert sample(np.zeros((5, 1)), 0.0).lower_bounds(2.0).tolist() == [0.0]
