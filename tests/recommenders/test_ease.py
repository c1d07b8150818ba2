import numpy as np
import pytest

from itemvec.core.errors import ParamsError
from itemvec.protocol.histories import Histories
from itemvec.recommenders import item_item, sparse_ridge
from itemvec.recommenders.ease import Ease
from itemvec.recommenders.item_item import too_many
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
    with pytest.raises(
        ParamsError, match=r"takes at most 3 items; for 4 it would need 0 GB of memory; give it neighbours"
    ):
        Ease().weights(data)


def test_what_is_too_large_is_said_with_its_memory_and_what_to_do() -> None:
    """12 bytes for each of 5,000,000 squared pairs are 300,000 GB; 26 ns for each are 181 hours."""
    exact, sparse = too_many(5_000_000), too_many(5_000_000, neighbours=200)
    assert "for 5,000,000 it would need 300,000 GB of memory; take itemknn" in exact
    assert "for 5,000,000 it would compare all pairs, some 181 hours of one processor; take itemknn" in sparse
    assert "for 1,000,000 it would need 12,000 GB of memory; give it neighbours" in too_many(1_000_000)
    assert (too_many(30_000), too_many(1_000_000, neighbours=200)) == ("", "")


def test_weights_lie_as_a_product_with_histories_reads_them(rng: np.random.Generator) -> None:
    """In another order scipy copies them for every block of users."""
    assert Ease().weights(drawn(rng)).flags.c_contiguous


def test_with_all_neighbours_it_is_exact(rng: np.random.Generator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sparse_ridge, "PAIRS", 50)  # several blocks
    data = drawn(rng)
    expected = Ease(l2=3).weights(data)
    for neighbours in (19, 400):
        assert sparse_ridge.sparse_ridge(data, 3, neighbours).toarray() == pytest.approx(expected, abs=1e-6)
    asked = data.slice(0, 9)
    exact, sparse = (Ease(3, neighbours).fit(training(data))(asked) for neighbours in (None, 19))
    assert sparse.dtype == np.float32
    assert sparse == pytest.approx(exact, abs=1e-5)


def test_each_item_is_reconstructed_from_the_most_correlated(rng: np.random.Generator) -> None:
    """By hand, from the whole Gram matrix."""
    data = drawn(rng)
    matrix = data.matrix().toarray().astype(float)
    gram = matrix.T @ matrix
    found = sparse_ridge.sparse_ridge(data, 3, 4).toarray()
    for item in range(20):
        order = np.argsort(-gram[:, item] / np.sqrt(np.diag(gram) + 3), kind="stable")
        near = order[order != item][:4]
        assert np.flatnonzero(found[:, item]).tolist() == sorted(near)
        solved = np.linalg.solve(gram[np.ix_(near, near)] + 3 * np.eye(4), gram[near, item])
        assert found[near, item] == pytest.approx(solved, abs=1e-6)


def drawn(rng: np.random.Generator) -> Histories:
    """60 users of 20 items, of which some are had by more users."""
    shares = np.linspace(0.1, 0.5, 20)
    return histories(*(np.flatnonzero(row).tolist() for row in rng.random((60, 20)) < shares), n_items=20)
