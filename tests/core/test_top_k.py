import numpy as np

from itemvec.core.arrays import Floats
from itemvec.core.top_k import NOTHING, top_k


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
