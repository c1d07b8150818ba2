import numpy as np
import pytest

from itemvec.recommenders.ease import Ease
from itemvec.studies.cooccurrence import Engagement
from tests.conftest import histories


def test_counts_by_hand() -> None:
    """Item 3 is had by nobody, and a user who comes back to an item counts once."""
    found = Engagement.of(histories([0, 1, 0], [0, 1], [1, 2], n_items=4), most=10)
    assert found.items.tolist() == [0, 1, 2]
    assert found.counts.tolist() == [2, 3, 1]
    assert found.together.tolist() == [[0, 2, 0], [2, 0, 1], [0, 1, 0]]
    assert found.expected[0] == pytest.approx([2 * 2 / 3, 2 * 3 / 3, 2 * 1 / 3])


def test_items_that_few_had_are_left_out() -> None:
    whole = histories([0, 1], [2, 1], [0, 1, 2], [2], n_items=3)
    found = Engagement.of(whole, most=2)
    assert found.items.tolist() == [1, 2]  # three users each
    assert found.users == 4
    assert found.together.tolist() == [[0, 2], [2, 0]]
    assert np.array_equal(found.weights, Ease().weights(histories([0], [1, 0], [0, 1], [1], n_items=2)))


def test_nobody_did_anything() -> None:
    found = Engagement.of(histories(n_items=3), most=2)
    assert (len(found.items), found.users) == (0, 0)
