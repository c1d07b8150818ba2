import numpy as np
import pytest

from itemvec.protocol.list_diversity import coverage, intra_list_diversity, list_diversity, taste_distance
from tests.conftest import histories

LISTS = np.array([[0, 1, 2], [2, 0, -1], [3, -1, -1]])
UNITS = np.array([[1, 0], [0, 1], [-1, 0], [0.6, 0.8]], dtype=np.float32)


def test_coverage_counts_items_that_anyone_gets() -> None:
    assert coverage(LISTS, 8) == 4 / 8
    assert coverage(LISTS[1:2], 8) == 2 / 8


def test_intra_list_diversity_is_one_less_the_mean_cosine_of_pairs() -> None:
    found = intra_list_diversity(LISTS, UNITS)
    assert found[:2] == pytest.approx([1 - (0 - 1 + 0) / 3, 1 - (-1)])
    assert np.isnan(found[2])


def test_taste_distance_is_half_the_difference_of_shares() -> None:
    shown = histories([0, 0, 3, 3], [1], [], n_items=4)
    found = taste_distance(LISTS, shown, np.array([0, 0, 1, 2]))
    assert found[:2] == pytest.approx([(abs(2 / 3 - 1 / 2) + 1 / 3 + 1 / 2) / 2, (1 / 2 + 1 / 2) / 2])
    assert np.isnan(found[2])
    assert taste_distance(np.array([[1, 0, 3, 3]]), shown.slice(0, 1), np.array([0, 0, 1, 2]))[0] == 0


def test_lists_of_all_seeds_are_averaged_and_vectors_may_be_missing() -> None:
    shown = histories([0, 3], [1], [2], n_items=4)
    assert list_diversity([LISTS, LISTS[:, :1]], shown, None) == {"coverage@10": (1.0 + 3 / 4) / 2}
    found = list_diversity([LISTS, LISTS], shown, UNITS)
    assert found["intra_list_diversity@10"] == pytest.approx((4 / 3 + 2) / 2, abs=1e-6)
    assert set(found) == {"coverage@10", "intra_list_diversity@10", "taste_distance@10"}
    assert 0 < found["taste_distance@10"] <= 1
