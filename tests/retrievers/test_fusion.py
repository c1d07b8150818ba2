import numpy as np
import pytest

from itemvec.core.top_k import NOTHING, Top
from itemvec.retrievers.fusion import normalised, reciprocal_rank, scaled_from, unite


def top(positions: list[list[int]], scores: list[list[float]]) -> Top:
    filled = np.array(positions)
    return Top(filled, np.where(filled == NOTHING, -np.inf, scores).astype(np.float32))


LEFT = top([[4, 1, 2], [NOTHING] * 3], [[9, 5, 1], [0, 0, 0]])
RIGHT = top([[2, 7, NOTHING], [3, NOTHING, NOTHING]], [[8, 6, 0], [2, 0, 0]])


def test_the_union_holds_each_candidate_once() -> None:
    found = unite([LEFT, RIGHT], [reciprocal_rank(one, 60) for one in (LEFT, RIGHT)])
    assert found.rows.tolist() == [0, 0, 0, 0, 1]
    assert found.positions.tolist() == [1, 2, 4, 7, 3]
    assert found.values[0].tolist() == pytest.approx([1 / 62, 1 / 63, 1 / 61, 0, 0])
    assert found.values[1].tolist() == pytest.approx([0, 1 / 61, 0, 1 / 62, 1 / 61])


def test_reciprocal_ranks_are_summed() -> None:
    found = unite([LEFT, RIGHT], [reciprocal_rank(one, 60) for one in (LEFT, RIGHT)]).top(np.ones(2), 5)
    assert found.positions.tolist() == [[2, 4, 1, 7, NOTHING], [3] + [NOTHING] * 4]
    assert found.scores[0, :4].tolist() == pytest.approx([1 / 63 + 1 / 61, 1 / 61, 1 / 62, 1 / 62])  # 1 before 7
    assert found.scores[0, 4] == -np.inf


def test_min_and_max_of_a_ranking_become_0_and_1() -> None:
    inside, outside = normalised(LEFT, "minmax")
    assert inside[0].tolist() == [1, 0.5, 0]
    assert outside.tolist() == [0, 0]
    assert normalised(RIGHT, "minmax")[0][1, 0] == 1  # the only one


def test_a_ranking_is_brought_to_mean_0_and_deviation_1() -> None:
    inside, outside = normalised(LEFT, "z")
    deviation = (32 / 3) ** 0.5  # of 9, 5 and 1
    assert inside[0].tolist() == pytest.approx([4 / deviation, 0, -4 / deviation])
    assert outside.tolist() == pytest.approx(
        [-4 / deviation, 0]
    )  # absent is as good as last; an empty one says nothing
    assert normalised(RIGHT, "z")[0][1, 0] == 0


def test_what_a_part_did_not_find_counts_as_its_last() -> None:
    found = unite([LEFT, RIGHT], [normalised(one, "z") for one in (LEFT, RIGHT)])
    deviation = (32 / 3) ** 0.5
    assert found.values[0].tolist() == pytest.approx([0, -4 / deviation, 4 / deviation, -4 / deviation, 0])
    assert found.values[1].tolist() == pytest.approx([-1, 1, -1, -1, 0])


def test_nothing_found_is_nothing() -> None:
    empty = top([[NOTHING]], [[0]])
    found = unite([empty, empty], [normalised(one, "z") for one in (empty, empty)]).top(np.ones(2), 2)
    assert found.positions.tolist() == [[NOTHING, NOTHING]]


def test_scores_are_scaled_from_the_least_there_can_be() -> None:
    inside, outside = scaled_from(LEFT, -1.0)
    assert inside[0].tolist() == pytest.approx([1, 6 / 10, 2 / 10])
    assert outside.tolist() == [0, 0]  # less than the last of those found
    assert scaled_from(RIGHT, 0.0)[0][0].tolist() == [1, 6 / 8, 0]
    assert scaled_from(LEFT, None)[0][0].tolist() == normalised(LEFT, "minmax")[0][0].tolist()


def test_a_best_score_that_is_the_least_there_can_be_is_best_all_the_same() -> None:
    inside, _ = scaled_from(top([[3, 5]], [[-1, -1]]), -1.0)
    assert inside.tolist() == [[1, 1]]


def test_what_only_a_part_without_weight_found_is_not_ranked() -> None:
    found = unite([LEFT, RIGHT], [scaled_from(one, 0.0) for one in (LEFT, RIGHT)])
    assert found.top(np.array([0.0, 1.0]), 4).positions.tolist() == [
        [2, 7, NOTHING, NOTHING],
        [3, NOTHING, NOTHING, NOTHING],
    ]
    assert found.top(np.array([1.0, 0.0]), 4).positions.tolist() == [[4, 1, 2, NOTHING], [NOTHING] * 4]
