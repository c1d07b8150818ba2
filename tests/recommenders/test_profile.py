import numpy as np
import pytest

from itemvec.core.errors import ParamsError
from itemvec.recommenders.profile import Profile
from tests.conftest import histories
from tests.recommenders.conftest import training

VECTORS = np.array([[2, 0], [0, 3], [1, 1], [0, 0]], dtype=np.float32)


def test_cosine_to_the_mean_of_the_history() -> None:
    """Item 1 was the latest and weighs 1, item 0 one step back weighs a half."""
    scores = Profile(half_life=1).fit(training(histories([0], n_items=4), VECTORS))(histories([0, 1], n_items=4))
    profile = np.array([0.5, 1]) / np.hypot(0.5, 1)
    assert scores[0] == pytest.approx([profile[0], profile[1], profile.sum() / 2**0.5, 0], abs=1e-6)


def test_a_longer_half_life_forgets_less() -> None:
    asked = histories([0, 1, 1, 1], n_items=4)
    long, short = (Profile(half_life=half_life).fit(training(asked, VECTORS))(asked)[0, 0] for half_life in (100, 0.5))
    assert long > 0.3 > 0.1 > short


def test_it_needs_vectors() -> None:
    with pytest.raises(ParamsError, match="profile needs item vectors; name its row under recommenders"):
        Profile().fit(training(histories([0], n_items=4)))
