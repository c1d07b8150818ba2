import numpy as np
import pytest

from itemvec.metrics.sign_flips import RESAMPLES, flip_p


def test_planted_columns_are_found_and_others_are_not(rng: np.random.Generator) -> None:
    differences = rng.standard_normal((200, 50))
    differences[:, 3] += 0.5
    differences[:, 7] -= 0.5
    differences[:, 9] = 0
    p = flip_p(differences, 0)
    assert set(np.flatnonzero(p < 0.05)) == {3, 7}
    assert p[3] == 1 / (1 + RESAMPLES)
    assert p[9] == 1


def test_one_column_by_hand() -> None:
    """Of five differences of the same sign, 2 of 32 sign patterns are as far from zero."""
    p = flip_p(np.ones((5, 1)), 0)
    assert p[0] == pytest.approx(2 / 32, abs=0.01)


def test_more_columns_make_a_p_larger(rng: np.random.Generator) -> None:
    column = rng.standard_normal((100, 1)) + 0.25
    alone, among = flip_p(column, 0)[0], flip_p(np.hstack([column, rng.standard_normal((100, 99))]), 0)[0]
    assert alone < 0.05 < among
    together = flip_p(np.hstack([column] * 100), 0)[0]  # a hundred times the same column is one column
    assert together == pytest.approx(alone, abs=0.01)


def test_nothing_to_test() -> None:
    assert flip_p(np.zeros((0, 3)), 0).tolist() == [1, 1, 1]
