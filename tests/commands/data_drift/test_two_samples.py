from itertools import combinations

import numpy as np
import pytest
from scipy.stats import binom

from itemvec.commands.data_drift.two_samples import energy_shift, holm, share_shift

DRAWS = 100


def test_energy_by_hand() -> None:
    """Points 0 and 1 against 3: distances 3 and 2 between, 1 within. 2 * 2.5 - 0.5 - 0 = 4.5, over 5."""
    one, other = np.array([[0.0], [1.0]], np.float32), np.array([[3.0]], np.float32)
    assert energy_shift(one, other, 0).size == pytest.approx(0.9)
    assert energy_shift(one, one, 0) == pytest.approx((0, 1))


def test_p_is_the_share_of_all_relabellings() -> None:
    """Of the 20 ways to deal six points into three and three, two are as far apart as the planted one."""
    points = np.array([[0.0], [0.1], [0.2], [5.0], [5.1], [5.3]], np.float32)
    assert len(list(combinations(range(6), 3))) == 20
    assert energy_shift(points[:3], points[3:], 0).p == pytest.approx(0.1, abs=0.04)
    assert share_shift(list("aaa"), list("bbb"), 0).p == pytest.approx(0.1, abs=0.04)


def test_where_nothing_differs_five_percent_are_found() -> None:
    """benchmarks/drift_null.py does it on real vectors and texts."""
    found = np.zeros(2)
    for draw in range(DRAWS):
        rng = np.random.default_rng(draw)
        whole = rng.standard_t(2, (70, 5)).astype(np.float32)  # far outliers, of unequal samples
        letters = rng.choice(list("abc"), 70, p=[0.8, 0.15, 0.05]).tolist()
        found += [
            energy_shift(whole[:50], whole[50:], draw).p <= 0.05,
            share_shift(letters[:50], letters[50:], draw).p <= 0.05,
        ]
    assert (found <= binom.ppf(0.9999, DRAWS, 0.05)).all()
    assert found[0] >= binom.ppf(0.001, DRAWS, 0.05)  # nor does it never find anything; few letters have many ties


def test_a_shift_of_the_mean_or_of_the_spread_is_found() -> None:
    rng = np.random.default_rng(0)
    known = rng.standard_normal((200, 5)).astype(np.float32)
    for new in (known[:60] + 1, known[:60] * 3):
        assert energy_shift(known, new, 0).p == 0.001
    assert share_shift(["a"] * 90 + ["b"] * 10, ["a"] * 30 + ["b"] * 20, 0) == pytest.approx((0.3, 0.001), abs=2e-3)


def test_holm_by_hand() -> None:
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([0.5, 0.9]) == [1.0, 1.0]
    assert holm([]) == []
