import numpy as np
import pytest

from itemvec.metrics import Spread
from itemvec.metrics.best_set import best_set


def test_a_clear_best_is_alone(rng: np.random.Generator) -> None:
    values = rng.normal([0.3, 0.5, 0.3], 0.1, (300, 3))
    found = best_set(values, [Spread()] * 3, 0)
    assert found.may_be_best.tolist() == [False, True, False]
    assert (found.low[1], found.high[0], found.high[2]) == (0, 0, 0)
    assert found.low[0] < -0.2 < found.gap[0] + 0.02
    assert found.gap[1] == pytest.approx(values[:, 1].mean() - np.delete(values.mean(axis=0), 1).max())


def test_equal_systems_all_stay(rng: np.random.Generator) -> None:
    one = rng.random((50, 1))
    found = best_set(np.hstack([one] * 4), [Spread()] * 4, 0)
    assert found.may_be_best.all()
    assert found.gap.tolist() == [0, 0, 0, 0]


def test_the_best_stays_in(rng: np.random.Generator) -> None:
    """Planted: five equal systems in 100 samples, a given one is left out of few."""
    kept = [best_set(rng.normal(0.5, 0.1, (200, 5)), [Spread()] * 5, 0, draws=199).may_be_best[0] for _ in range(100)]
    assert np.mean(kept) > 0.9


def test_seeds_keep_more_in(rng: np.random.Generator) -> None:
    values = rng.normal([0.50, 0.53], 0.05, (500, 2))
    assert best_set(values, [Spread()] * 2, 0).may_be_best.tolist() == [False, True]
    assert best_set(values, [Spread(0.02**2, 2)] * 2, 0).may_be_best.all()


def test_one_system_is_the_best() -> None:
    found = best_set(np.ones((3, 1)), [Spread()], 0)
    assert (found.may_be_best.tolist(), found.low.tolist(), found.high.tolist()) == ([True], [0], [0])
    with pytest.raises(ValueError, match="one Spread for each of 1"):
        best_set(np.ones((3, 1)), [], 0)


def test_bounds_and_p_agree(rng: np.random.Generator) -> None:
    values = rng.normal(np.linspace(0.3, 0.4, 6), 0.2, (150, 6))
    found = best_set(values, [Spread()] * 6, 0)
    assert ((found.upper < 0) == (found.p < 0.05)).all()
    assert ((found.upper < 0).any(axis=1) == ~found.may_be_best).all()
    assert (np.diag(found.upper) == np.inf).all()
