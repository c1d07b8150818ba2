import numpy as np
import pytest

from itemvec.core.arrays import Doubles
from itemvec.metrics import Spread, compare_with_reference
from itemvec.metrics.standard_error import DETERMINISTIC


def loss_p(values: Doubles, whole: Doubles, seeds: Spread | None = None) -> float:
    """p of a single candidate, float64 of shape (n,)."""
    found = compare_with_reference(values[:, None], whole, [seeds or Spread()], Spread(), seed=1, draws=1999)
    return float(found.p_loss[0])


def test_a_loss_below_the_allowed_can_be_shown(rng: np.random.Generator) -> None:
    """Half a percent is lost, with little noise; with much noise nothing is shown, nor with one query."""
    whole = rng.uniform(0.4, 0.6, size=4000)
    less = whole * 0.995
    assert loss_p(less + rng.normal(0, 0.001, size=4000), whole) < 0.001
    assert loss_p(less + rng.normal(0, 3, size=4000), whole) > 0.05
    assert loss_p(whole * 0.97, whole) == 1
    assert loss_p(less[:1], whole[:1]) > 0.5


@pytest.mark.parametrize(("n", "shown"), [(250, False), (400, True)])
def test_without_any_loss_it_takes_three_hundred_queries(n: int, shown: bool) -> None:
    """All were right and all stay right: one in a hundred could fail unseen with probability 0.99 ** n."""
    p = loss_p(np.ones(n), np.ones(n))
    assert (p < 0.05) is shown
    assert p == pytest.approx(0.99**n, rel=0.5)


@pytest.mark.parametrize(("n", "right"), [(20, 0.97), (100, 0.97), (300, 0.97), (1000, 0.1), (1000, 0.97)])
def test_losses_too_rare_to_be_seen_are_not_ruled_out(rng: np.random.Generator, n: int, right: float) -> None:
    """Planted: of the queries that were right one in a hundred fails, just what is allowed, in 200 samples."""
    shown = []
    for _ in range(200):
        whole = (rng.random(n) < right).astype(float)
        shown.append(loss_p(whole * (rng.random(n) < 0.99), whole) < 0.05)
    assert np.mean(shown) < 0.08


def test_seeds_that_differ_make_it_harder_to_show(rng: np.random.Generator) -> None:
    whole = rng.uniform(0.4, 0.6, size=4000)
    assert loss_p(whole, whole) < 0.001 < 0.05 < loss_p(whole, whole, Spread(0.01**2, 1))


def test_candidates_are_one_family(rng: np.random.Generator) -> None:
    whole = (rng.random(600) < 0.9).astype(float)
    candidates = np.column_stack([whole, whole, whole * (rng.random(600) < 0.9)])
    found = compare_with_reference(candidates, whole, [Spread()] * 3, Spread(), seed=1)
    assert found.p_loss[0] == found.p_loss[1] < 0.05 < found.p_loss[2]
    assert found.change[2] == pytest.approx(candidates[:, 2].mean() / whole.mean() - 1)


def test_candidates_that_keep_what_the_reference_has(rng: np.random.Generator) -> None:
    """Planted: half a percent lost, three percent lost, two percent gained, with little noise."""
    reference = rng.uniform(0.4, 0.6, 4000)
    shares = np.array([0.995, 0.97, 1.02])
    candidates = reference[:, None] * shares + rng.normal(0, 0.001, (4000, 3))
    found = compare_with_reference(candidates, reference, [DETERMINISTIC] * 3, DETERMINISTIC, 0)
    assert (found.p_loss < 0.05).tolist() == [True, False, True]
    assert (found.p_differs < 0.05).tolist() == [True, False, False]
    assert found.change == pytest.approx(shares - 1, abs=1e-3)
    noisy = compare_with_reference(candidates, reference, [Spread(0.01**2, 2)] * 3, DETERMINISTIC, 0)
    assert np.all(noisy.p_loss > 0.05)


def test_nothing_lost_takes_three_hundred_queries_to_show() -> None:
    """Where 1 % would fail, 0.99**n of samples show none: 5 % at 298 queries."""
    p = [
        compare_with_reference(np.ones((n, 1)), np.ones(n), [DETERMINISTIC], DETERMINISTIC, 0).p_loss[0]
        for n in (280, 320)
    ]
    assert p[1] < 0.05 < p[0]
    assert p[0] == pytest.approx(0.99**280, abs=0.01)


@pytest.mark.parametrize("n", [300, 600, 1000])
def test_one_percent_lost_is_not_called_less(rng: np.random.Generator, n: int) -> None:
    """Planted: 1 % of what was right fails, in 200 samples."""
    shown = []
    for seed in range(200):
        kept = (rng.random((n, 1)) < 0.99).astype(np.float64)
        found = compare_with_reference(kept, np.ones(n), [DETERMINISTIC], DETERMINISTIC, seed, draws=999)
        shown.append(found.p_loss[0] < 0.05)
    assert np.mean(shown) < 0.05 + 3 * 0.0154


def test_a_reference_without_values_shows_nothing() -> None:
    found = compare_with_reference(np.zeros((50, 2)), np.zeros(50), [DETERMINISTIC] * 2, DETERMINISTIC, 0)
    assert found.p_loss.tolist() == [1, 1]
    assert found.change.tolist() == [0, 0]
