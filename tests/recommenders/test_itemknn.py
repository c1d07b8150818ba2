import numpy as np
import pytest

from itemvec.protocol.histories import Histories
from itemvec.recommenders import itemknn
from itemvec.recommenders.itemknn import ItemKnn
from itemvec.recommenders.recbole import RecBole
from tests.conftest import histories
from tests.recommenders.conftest import training


@pytest.fixture
def data(rng: np.random.Generator) -> Histories:
    matrix = rng.random((60, 11)) < rng.random(11) * 0.6  # some items are rare
    matrix[:, 4] = False  # and one nobody has
    return histories(*(np.flatnonzero(row).tolist() for row in matrix), n_items=11)


def test_cosine_of_the_users_two_items_share() -> None:
    """Items 0 and 1 share two users of 2 and 3; 1 and 2 share one of 3 and 1; coming back does not count."""
    found = ItemKnn(shrink=2).neighbours(histories([0, 1, 0], [1, 0], [1, 2], n_items=3)).toarray()
    zero_one, one_two = 2 / (6**0.5 + 2), 1 / (3**0.5 + 2)
    assert found == pytest.approx(np.array([[0, zero_one, 0], [zero_one, 0, one_two], [0, one_two, 0]]), abs=1e-5)


def test_an_item_listens_to_its_own_nearest_alone() -> None:
    """Item 1 is nearer to 0 than to 2, so 2 says nothing to it; but 2 has no other neighbour, and listens to it."""
    score = ItemKnn(k=1).fit(training(histories([0, 1], [0, 1], [1, 2], n_items=3)))
    zero_one, one_two = 2 / 6**0.5, 1 / 3**0.5
    expected = np.array([[0, 0, 0], [zero_one, 0, one_two]])
    assert score(histories([2], [1], n_items=3)) == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize("pairs", [1, 40, 1 << 24])  # an item at a time, some, all
def test_blocks_of_items_are_as_the_whole(pairs: int, data: Histories, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(itemknn, "PAIRS", pairs)
    matrix = data.matrix().toarray()
    shared, lengths = matrix.T @ matrix, np.sqrt(matrix.sum(axis=0))
    similar = shared / (np.outer(lengths, lengths) + 3 + 1e-6)
    np.fill_diagonal(similar, 0)
    nearest = np.argsort(-similar, axis=1, kind="stable")[:, :4]
    expected = np.zeros_like(similar)
    np.put_along_axis(expected, nearest, np.take_along_axis(similar, nearest, axis=1), axis=1)
    assert ItemKnn(k=4, shrink=3).neighbours(data).toarray() == pytest.approx(expected, abs=1e-6)


def test_it_is_the_one_of_recbole(data: Histories) -> None:
    data = data.select(data.lengths > 0)  # users without a history RecBole does not know
    theirs = RecBole("ItemKNN", options={"k": 3, "shrink": 1.5}).fit(training(data))(data)
    assert ItemKnn(k=3, shrink=1.5).fit(training(data))(data) == pytest.approx(theirs, abs=1e-5)


def test_slabs_score_as_the_whole(data: Histories, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = ItemKnn(k=3).fit(training(data))(data)
    monkeypatch.setattr(itemknn, "PAIRS", 40)
    monkeypatch.setattr(itemknn, "SLAB", 5)  # two or three items
    assert ItemKnn(k=3).neighbours(data).indices.dtype == np.int32  # eight bytes for a similarity, with its score
    assert (ItemKnn(k=3).fit(training(data))(data) == expected).all()
