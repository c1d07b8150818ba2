import numpy as np
import pytest

from itemvec.metrics import loss_p


def test_a_loss_below_the_allowed_can_be_shown(rng: np.random.Generator) -> None:
    """Half a percent is lost, with little noise; with much noise nothing is shown, nor with one query."""
    whole = rng.uniform(0.4, 0.6, size=(400, 1))
    less = whole * 0.995
    assert loss_p(less + rng.normal(0, 0.001, size=(400, 1)), whole) < 1e-6
    assert loss_p(less + rng.normal(0, 0.3, size=(400, 1)), whole) > 0.05
    assert loss_p(whole * 0.97, whole) > 0.999
    assert loss_p(less[:1], whole[:1]) == 1


def test_p_of_a_loss_by_hand() -> None:
    """Of 0.51 and 0.49 above 99 percent of 1, the mean is 0.5 and its standard error 0.01: t of 50 with one degree."""
    found = loss_p(np.array([[0.99 + 0.51], [0.99 + 0.49]]), np.ones((2, 1)))
    assert found == pytest.approx(1 / 2 - np.arctan(50) / np.pi)  # of Cauchy's distribution
    assert loss_p(np.ones((3, 1)), np.ones((3, 1))) == 0
    assert loss_p(np.zeros((3, 1)), np.ones((3, 1))) == 1


def test_seeds_that_differ_make_it_harder_to_show(rng: np.random.Generator) -> None:
    whole = rng.uniform(0.4, 0.6, size=(400, 1))
    steady, apart = (whole + np.array([-spread, spread]) for spread in (0.0, 0.01))
    assert loss_p(steady, whole) < 0.001 < 0.05 < loss_p(apart, whole)
