"""Propensities: from a log that is counted by hand, from those of another library, and from simulated users."""

import numpy as np
import pytest

from itemvec.clicks import Cells, ClickLog, all_pairs, attraction, regression_em
from itemvec.clicks.swaps import swap_clicks
from itemvec.core.arrays import Doubles, Ints
from itemvec.core.errors import DatasetError
from tests.clicks.conftest import CLICK_OF_GRADE, PROPENSITIES
from tests.clicks.simulator import by_position

# (query, item): {position: clicks of 100 impressions}
COUNTED = {
    (0, 0): {1: 60, 2: 31},
    (0, 1): {1: 42, 2: 19},
    (0, 2): {1: 50, 3: 14},
    (1, 0): {2: 33, 3: 22},
    (1, 3): {1: 71, 2: 40, 3: 30},
    (1, 4): {2: 12, 3: 8},
}


def counted(counts: dict[tuple[int, int], dict[int, int]]) -> Cells:
    rows = [(*pair, k, n < c) for pair, own in counts.items() for k, c in own.items() for n in range(100)]
    query, item, position, clicked = (np.array(column) for column in zip(*rows, strict=True))
    return Cells.of(ClickLog(query, item, position, clicked))


def test_clicks_of_what_was_shown_at_both_positions() -> None:
    clicked, shown = swap_clicks(counted(COUNTED))
    assert clicked[0, 1] / clicked[1, 0] == pytest.approx((60 + 42 + 71) / (31 + 19 + 40))
    assert clicked[2, 0] / shown[2, 0] == pytest.approx((14 + 30) / 200)
    assert np.trace(shown) == 0


def test_a_pair_weighs_alike_on_both_sides() -> None:
    """One pair 100 times at position 1 and 300 times at 2: 100 * 300 / 400 impressions on either side."""
    nothing = np.zeros(400, dtype=np.int64)
    log = ClickLog(nothing, nothing, np.repeat([1, 2], [100, 300]), np.arange(400) % 4 == 0)
    clicked, shown = swap_clicks(Cells.of(log))
    assert shown[0, 1] == shown[1, 0] == pytest.approx(75)
    assert clicked[0, 1] == clicked[1, 0] == pytest.approx(75 / 4)


def test_all_pairs_equals_ultr_bias_toolkit() -> None:
    """Figures that AllPairsEstimator(epochs=4000) of ultr-bias-toolkit 0.0.5 prints for this log.

    It cannot be installed beside us: it asks for pandas below 3. Where a product of two positions is that of two
    others, as 2 * 6 and 3 * 4, it takes their items for equally relevant; three positions are free of that.
    """
    assert all_pairs(counted(COUNTED)) == pytest.approx([1, 0.519246, 0.365051], abs=2e-6)


def test_exact_clicks_give_exact_propensities() -> None:
    """Where clicks are p_k g to the last, the estimate is p_k, by both ways."""
    exact = {(0, n): {1: 10 * g, 2: 5 * g, 3: 2 * g} for n, g in enumerate((2, 5, 8))}
    assert all_pairs(counted(exact)) == pytest.approx([1, 0.5, 0.2], abs=1e-5)
    propensities, wanted = regression_em(counted(exact))
    assert propensities == pytest.approx([1, 0.5, 0.2], abs=1e-4)
    assert wanted == pytest.approx([0.2, 0.5, 0.8], abs=1e-4)


def test_the_correction_recovers_what_users_want(rankings: Ints, grades: Ints, attractive: Doubles) -> None:
    """Plain click rates do not: better items stand higher, so position takes credit for relevance, and the reverse."""
    rng = np.random.default_rng(7)
    cells = Cells.of(by_position(rankings, attractive, PROPENSITIES, 400, rng))
    draws = [cells, *(cells.resampled(rng) for _ in range(200))]

    def interval(values: Doubles) -> tuple[Doubles, Doubles]:
        low, high = np.quantile(values[1:], [0.005, 0.995], axis=0)
        return low, high

    rates = np.array([one.per_position(one.clicked) / one.per_position(one.shown) for one in draws])
    low, high = interval(rates / rates[:, :1])
    assert (high[1:] < PROPENSITIES[1:]).sum() >= 3  # too steep
    corrected = np.array([all_pairs(one) for one in draws])
    low, high = interval(corrected)
    assert ((low <= PROPENSITIES) & (high >= PROPENSITIES)).all()

    grade = grades[cells.query, cells.item]

    def by_grade(values: Doubles, weight: Doubles) -> list[float]:
        return [values[grade == one].sum() / weight[grade == one].sum() for one in range(4)]

    plain = np.array([by_grade(one.per_pair(one.clicked), one.per_pair(one.shown)) for one in draws])
    low, high = interval(plain)
    assert (high < CLICK_OF_GRADE).all()
    found = [attraction(one, p, 10.0) for one, p in zip(draws, corrected, strict=True)]
    low, high = interval(np.array([by_grade(value * looks, looks) for value, looks in found]))
    assert ((low <= CLICK_OF_GRADE) & (high >= CLICK_OF_GRADE)).all()


def test_em_with_features_shares_what_pairs_have_in_common(rankings: Ints, grades: Ints, attractive: Doubles) -> None:
    """Few impressions of each pair: its own rate overfits, a regression on its grade does not."""
    cells = Cells.of(by_position(rankings, attractive, PROPENSITIES, 40, np.random.default_rng(1)))
    alone, _ = regression_em(cells)
    features = np.eye(4)[grades[cells.query, cells.item]]
    shared, wanted = regression_em(cells, features)
    assert np.abs(shared - PROPENSITIES).max() < 0.5 * np.abs(alone - PROPENSITIES).max()
    assert np.unique(wanted.round(9)) == pytest.approx(CLICK_OF_GRADE, abs=0.05)


@pytest.mark.parametrize("estimate", [all_pairs, regression_em])
def test_what_clicks_cannot_tell_is_refused(estimate: object) -> None:
    assert callable(estimate)
    with pytest.raises(DatasetError, match="no item was shown at two positions for the same query"):
        estimate(counted({(0, 0): {1: 60}, (0, 1): {2: 30}, (1, 0): {2: 20}}))
    with pytest.raises(DatasetError, match="none was clicked at both"):
        estimate(counted({(0, 0): {1: 0, 2: 0}, (0, 1): {2: 30}}))


def test_a_position_that_no_swap_leads_to_is_unknown() -> None:
    apart = {(0, 0): {1: 60, 2: 30}, (0, 1): {3: 50}}
    assert all_pairs(counted(apart)) == pytest.approx([1, 0.5, np.nan], abs=1e-5, nan_ok=True)
    assert regression_em(counted(apart))[0] == pytest.approx([1, 0.5, np.nan], abs=1e-3, nan_ok=True)
