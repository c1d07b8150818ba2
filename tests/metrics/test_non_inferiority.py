import numpy as np
import pytest

from itemvec.metrics import loss_p


def test_a_loss_below_the_allowed_can_be_shown(rng: np.random.Generator) -> None:
    """Half a percent is lost, with little noise; with much noise nothing is shown, nor with one query."""
    whole = rng.uniform(0.4, 0.6, size=(4000, 1))
    less = whole * 0.995
    assert loss_p(less + rng.normal(0, 0.001, size=(4000, 1)), whole) < 1e-6
    assert loss_p(less + rng.normal(0, 3, size=(4000, 1)), whole) > 0.05
    assert loss_p(whole * 0.97, whole) > 0.999
    assert loss_p(less[:1], whole[:1]) > 0.5


def test_p_of_a_loss_by_hand() -> None:
    """0.8 and 0.6 above 99 percent of 1, and one query that lost it all."""
    rest = np.array([0.8, 0.6, -0.99])
    found = loss_p(np.array([[0.99 + 0.8], [0.99 + 0.6]]), np.ones((2, 1)))
    x = rest.mean() / (rest.std(ddof=1) / 3**0.5)
    assert found == pytest.approx(1 / 2 - x / (2 * (2 + x * x) ** 0.5))  # of Student's t with two degrees of freedom
    assert loss_p(np.ones((3, 1)), np.ones((3, 1))) > 0.5
    assert loss_p(np.zeros((3, 1)), np.ones((3, 1))) == 1
    assert loss_p(np.zeros((3, 1)), np.zeros((3, 1))) == 1


@pytest.mark.parametrize(("n", "right"), [(20, 0.97), (100, 0.97), (300, 0.97), (1000, 0.1), (1000, 0.97)])
def test_losses_too_rare_to_be_seen_are_not_ruled_out(rng: np.random.Generator, n: int, right: float) -> None:
    """Planted: of the queries that were right one in a hundred fails, just what is allowed, in 500 samples."""
    shown = []
    for _ in range(500):
        whole = (rng.random((n, 1)) < right).astype(float)
        shown.append(loss_p(whole * (rng.random((n, 1)) < 0.99), whole) < 0.05)
    assert np.mean(shown) < 0.08


def test_seeds_that_differ_make_it_harder_to_show(rng: np.random.Generator) -> None:
    whole = rng.uniform(0.4, 0.6, size=(4000, 1))
    steady, apart = (whole + np.array([-spread, spread]) for spread in (0.0, 0.01))
    assert loss_p(steady, whole) < 0.001 < 0.05 < loss_p(apart, whole)
