from math import inf

import numpy as np
import pytest

from itemvec.metrics import Spread
from itemvec.metrics.power import units_needed


def test_of_a_normal_difference_by_hand(rng: np.random.Generator) -> None:
    """(1.96 + 0.84)**2 * variance / mean**2, and some more since losses may be hidden."""
    values = rng.normal(0, 0.2, 2000)
    values += 0.02 - values.mean()
    needed = units_needed(values, 1.96)
    usual = 2.8**2 * 0.2**2 / 0.02**2
    assert usual - 50 < needed < usual * 1.4 + 50
    assert units_needed(values, 3.5) > 1.8 * needed
    assert units_needed(-values, 1.96) == needed


def test_what_no_number_of_units_shows(rng: np.random.Generator) -> None:
    values = rng.normal(0.02, 0.2, 500)
    assert units_needed(np.zeros(10), 1.96) == inf
    assert units_needed(values - values.mean() - 0.01, 1.64, one_sided=True) == inf
    assert units_needed(values, 1.96, seeds=Spread(0.1**2, 4)) == inf


def test_no_loss_at_all_takes_the_rule_of_three() -> None:
    """To show a loss below 1 % where none is seen: 3 / 0.01 units at p = .05, in every sample."""
    rest = np.full(50, 1 - 0.99)
    assert units_needed(rest, 1.645, power=0.5, one_sided=True) == pytest.approx(300, rel=0.03)
