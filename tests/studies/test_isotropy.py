from math import exp, log

import numpy as np
import pytest

from itemvec.studies import isotropy as directions
from itemvec.studies.isotropy import Directions, alignment, to_unit, uniformity


def test_mean_cosine_is_that_of_all_pairs(rng: np.random.Generator) -> None:
    vectors = rng.standard_normal((40, 5), dtype=np.float32) + 1
    vectors[7] = 0  # has no direction
    found = Directions(5)
    found.add(vectors[:30])
    found.add(vectors[30:])
    units = to_unit(np.delete(vectors, 7, axis=0))
    assert found.mean_cosine() == pytest.approx(((units @ units.T).sum() - 39) / (39 * 38), abs=1e-6)
    assert Directions(5).mean_cosine() == 0


def test_uniformity_by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of three vectors, two are opposite (squared distance 4) and the third is at right angles to both (2)."""
    units = np.array([[1, 0], [-1, 0], [0, 1]], dtype=np.float32)
    expected = log((exp(-8) + 2 * exp(-4)) / 3)
    assert uniformity(units) == pytest.approx(expected)
    monkeypatch.setattr(directions, "ROWS", 2)
    assert uniformity(units) == pytest.approx(expected)
    assert uniformity(np.ones((4, 1), dtype=np.float32)) == pytest.approx(0)
    assert uniformity(units[:1]) == 0


def test_vectors_of_zeros_have_no_uniformity(rng: np.random.Generator) -> None:
    units = to_unit(rng.standard_normal((20, 4), dtype=np.float32))
    some = units.copy()
    some[[3, 7]] = 0
    assert uniformity(some) == pytest.approx(uniformity(np.delete(units, [3, 7], axis=0)))
    assert uniformity(np.zeros((2, 4), dtype=np.float32)) == 0


def test_alignment_by_hand() -> None:
    left = np.array([[1, 0], [1, 0]], dtype=np.float32)
    right = np.array([[1, 0], [0, 1]], dtype=np.float32)
    assert alignment(left, right) == pytest.approx((0 + 2) / 2)
