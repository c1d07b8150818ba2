import numpy as np
import pytest

from itemvec.arrays import Floats
from itemvec.topk import NOTHING, Running, Top, merge, top_k


def scores(*rows: list[float]) -> Floats:
    return np.array(rows, dtype=np.float32)


def test_best_first() -> None:
    top = top_k(scores([0.25, 0.75, 0.5], [3, 1, 2]), 2)
    assert top.positions.tolist() == [[1, 2], [0, 2]]
    assert top.scores.tolist() == [[0.75, 0.5], [3, 2]]


def test_equal_scores_come_in_order_of_position() -> None:
    assert top_k(scores([1, 2, 1, 2, 1]), 4).positions.tolist() == [[1, 3, 0, 2]]
    assert top_k(np.zeros((1, 1000), dtype=np.float32), 3).positions.tolist() == [[0, 1, 2]]


def test_what_must_not_be_ranked_leaves_the_tail_empty() -> None:
    top = top_k(scores([-np.inf, 5, -np.inf], [-np.inf, -np.inf, -np.inf]), 2)
    assert top.positions.tolist() == [[1, NOTHING], [NOTHING, NOTHING]]
    assert top.scores[1].tolist() == [-np.inf, -np.inf]


def test_fewer_items_than_ranks() -> None:
    assert top_k(scores([1, 2]), 3).positions.tolist() == [[1, 0, NOTHING]]
    assert top_k(np.empty((2, 0), dtype=np.float32), 2).positions.tolist() == [[NOTHING] * 2] * 2
    assert top_k(np.empty((0, 5), dtype=np.float32), 2).positions.shape == (0, 2)


def test_equals_a_stable_sort(rng: np.random.Generator) -> None:
    table = rng.integers(0, 20, size=(200, 300)).astype(np.float32)  # many ties
    expected = np.argsort(-table, axis=1, kind="stable")[:, :17]
    assert (top_k(table, 17).positions == expected).all()


def test_merging_blocks_equals_the_whole(rng: np.random.Generator) -> None:
    table = rng.integers(0, 20, size=(50, 300)).astype(np.float32)
    best = top_k(table[:, :0], 12)
    for start in range(0, 300, 70):
        found = top_k(table[:, start : start + 70], 12)
        shifted = np.where(found.positions == NOTHING, NOTHING, found.positions + start)
        best = merge(best, Top(shifted, found.scores), 12)
    whole = top_k(table, 12)
    assert (best.positions == whole.positions).all()
    assert (best.scores == whole.scores).all()


@pytest.mark.parametrize("order", ["random", "ascending", "descending"])
def test_running_equals_the_whole(order: str, rng: np.random.Generator) -> None:
    table = rng.integers(0, 40, size=(30, 1000)).astype(np.float32)  # many ties
    table[rng.random(table.shape) < 0.1] = -np.inf
    table[:5, 7:] = -np.inf  # fewer than k to rank
    if order != "random":
        table = np.sort(table, axis=1)[:, :: 1 if order == "ascending" else -1]
    best = Running(30, 12)
    for start in range(0, 1000, 70):
        best.add(table[:, start : start + 70], start)
    found, whole = best.top(), top_k(table, 12)
    assert (found.positions == whole.positions).all()
    assert (found.scores == whole.scores).all()


def test_the_threshold_is_the_kth_best_so_far() -> None:
    best = Running(2, 2)
    best.add(scores([1, 5, 3, 4], [7, -np.inf, -np.inf, -np.inf]), 0)
    assert best.threshold.tolist() == [4, -np.inf]


def test_running_without_items_or_queries() -> None:
    assert Running(2, 3).top().positions.tolist() == [[NOTHING] * 3] * 2
    assert Running(0, 3).top().positions.shape == (0, 3)
