from typing import Any

import numpy as np
import pytest

from itemvec.core.errors import ParamsError
from itemvec.protocol.histories import Histories
from itemvec.recommenders import text_ease
from itemvec.recommenders.ease import Ease
from itemvec.recommenders.text_ease import TextEase
from tests.conftest import histories
from tests.recommenders.conftest import training


@pytest.fixture
def data(rng: np.random.Generator) -> Histories:
    return histories(*(np.flatnonzero(row).tolist() for row in rng.random((60, 7)) < 0.4), n_items=7)


def test_without_alpha_it_is_ease(data: Histories, rng: np.random.Generator) -> None:
    vectors = rng.standard_normal((7, 3), dtype=np.float32)
    assert (TextEase(l2=3, alpha=0).weights(data, vectors) == Ease(l2=3).weights(data)).all()


@pytest.mark.parametrize("scale", ["centred", "unit", "none"])
def test_each_dimension_counts_as_a_user(
    scale: Any, data: Histories, rng: np.random.Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The weights of an item are a ridge regression on the others, over users and dimensions."""
    monkeypatch.setattr(text_ease, "COLUMNS", 3)  # several blocks
    vectors = rng.standard_normal((7, 4), dtype=np.float32) + 1
    scaled = vectors - vectors.mean(axis=0) if scale == "centred" else vectors
    if scale != "none":
        scaled = scaled / np.linalg.norm(scaled, axis=1, keepdims=True)
    rows = np.concatenate([data.matrix().toarray(), 2 * scaled.T])  # 4 is the square of 2
    weights = TextEase(l2=3, alpha=4, scale=scale).weights(data, vectors)
    assert np.diag(weights).tolist() == [0] * 7
    for item in range(7):
        others = np.delete(rows, item, axis=1)
        expected = np.linalg.solve(others.T @ others + 3 * np.eye(6), others.T @ rows[:, item])
        assert np.delete(weights[:, item], item) == pytest.approx(expected, abs=1e-5)


def test_planted_an_unseen_item_is_found_by_its_text() -> None:
    """Nobody has item 3, whose text is that of item 0; item 2 has another."""
    data = histories(*([[0, 1], [1, 2]] * 20), n_items=4)
    vectors = np.array([[1, 0], [0, 1], [-1, 0], [1, 0.01]], dtype=np.float32)
    asked = histories([0], [2], n_items=4)
    with_text = TextEase(l2=1, alpha=5).fit(training(data, vectors))(asked)
    without = TextEase(l2=1, alpha=0).fit(training(data, vectors))(asked)
    assert with_text[0, 3] > 2 * abs(with_text[1, 3]) > 0
    assert without[:, 3].tolist() == [0, 0]


@pytest.mark.parametrize("scale", ["centred", "unit", "none"])
def test_with_all_neighbours_it_is_exact(scale: Any, data: Histories, rng: np.random.Generator) -> None:
    vectors = rng.standard_normal((7, 4), dtype=np.float32) + 1
    exact, sparse = (TextEase(3, 4, scale, some).fit(training(data, vectors))(data) for some in (None, 6))
    assert sparse == pytest.approx(exact, abs=1e-5)


def test_it_needs_vectors(data: Histories) -> None:
    with pytest.raises(ParamsError, match="text-ease needs item vectors"):
        TextEase().fit(training(data))
