import numpy as np
import pytest

from itemvec.core.errors import ParamsError
from itemvec.protocol.histories import Histories
from itemvec.recommenders import item_item
from itemvec.recommenders.ease import Ease
from tests.conftest import histories
from tests.recommenders.conftest import training


def test_equals_a_ridge_regression_of_each_item_on_the_others(rng: np.random.Generator) -> None:
    matrix = (rng.random((60, 7)) < 0.4).astype(float)
    data = histories(*(np.flatnonzero(row).tolist() for row in matrix), n_items=7)
    weights = Ease(l2=3).weights(data)
    assert np.diag(weights).tolist() == [0] * 7
    for item in range(7):
        others = np.delete(matrix, item, axis=1)
        ridge = np.linalg.solve(others.T @ others + 3 * np.eye(6), others.T @ matrix[:, item])
        assert np.delete(weights[:, item], item) == pytest.approx(ridge, abs=1e-6)


def test_planted_pairs_are_found() -> None:
    data = histories(*([[0, 1], [2, 3]] * 20), n_items=4)
    scores = Ease(l2=1).fit(training(data))(histories([0], [3], n_items=4))
    assert scores.argmax(axis=1).tolist() == [1, 2]


def test_how_often_a_user_came_back_does_not_count() -> None:
    once, often = (histories(*([items, [1, 2]] * 9), n_items=3) for items in ([0, 1], [0, 1, 0, 0, 1]))
    assert (Ease().weights(once) == Ease().weights(often)).all()


def test_a_catalogue_too_large_for_a_dense_inverse_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(item_item, "LARGEST", 3)
    data: Histories = histories([0, 1], n_items=4)
    with pytest.raises(ParamsError, match="4 items are more than the 3 a dense inverse allows"):
        Ease().weights(data)
