import numpy as np
import pyarrow as pa
import pytest

from itemvec.core.arrays import Floats
from itemvec.core.top_k import NOTHING, TieOrder, top_k
from itemvec.retrievers.running_top_k import Running


def add(best: Running, table: Floats, start: int) -> None:
    """Offer what is above the threshold, of a table (n_queries, n_items) of the items from position ``start``."""
    rows, columns = np.nonzero(table > best.threshold[:, None])
    best.offer(rows, columns + start, table[rows, columns])


@pytest.mark.parametrize("size", [1, 70, 1000])
@pytest.mark.parametrize("order", ["random", "ascending", "descending"])
def test_running_equals_the_whole(order: str, size: int, rng: np.random.Generator) -> None:
    table = rng.integers(0, 40, size=(30, 1000)).astype(np.float32)  # many ties
    table[rng.random(table.shape) < 0.1] = -np.inf
    table[:5, 7:] = -np.inf  # fewer than k to rank
    if order != "random":
        table = np.sort(table, axis=1)[:, :: 1 if order == "ascending" else -1]
    best = Running(30, 12)
    for start in range(0, 1000, size):
        add(best, table[:, start : start + size], start)
    found, whole = best.top(), top_k(table, 12)
    assert (found.positions == whole.positions).all()
    assert (found.scores == whole.scores).all()


@pytest.mark.parametrize("size", [1, 70, 1000])
def test_with_ties_running_equals_the_whole(size: int, rng: np.random.Generator) -> None:
    table = rng.integers(0, 9, size=(30, 1000)).astype(np.float32)
    table[rng.random(table.shape) < 0.1] = -np.inf
    table[:5, 7:] = -np.inf
    table[5:9] = 0  # nothing but ties
    ids = [pa.array([str(row) for row in range(n)]) for n in (1000, 30)]
    ties = TieOrder(ids[0]).of(ids[1])
    best = Running(30, 12, ties)
    for start in range(0, 1000, size):
        add(best, table[:, start : start + size], start)
    found, whole = best.top(), top_k(table, 12, ties)
    assert (found.positions == whole.positions).all()
    assert (found.scores == whole.scores).all()


def test_the_threshold_is_the_kth_best_so_far() -> None:
    best = Running(2, 2)
    table = np.array([[1, 5, 3, 4], [7, -np.inf, -np.inf, -np.inf]], dtype=np.float32)
    add(best, table, 0)
    assert best.threshold.tolist() == [4, -np.inf]


def test_running_without_items_or_queries() -> None:
    assert Running(2, 3).top().positions.tolist() == [[NOTHING] * 3] * 2
    assert Running(0, 3).top().positions.shape == (0, 3)


def test_items_may_come_in_any_order() -> None:
    """Of equal scores the first position wins, whenever it came; minus zero is zero."""
    best = Running(1, 3)
    for position, score in [(7, 0.0), (2, -0.0), (9, -1.5), (2**32 - 2, 4.0), (5, 0.0)]:
        best.offer(np.array([0]), np.array([position]), np.array([score], dtype=np.float32))
    top = best.top()
    assert top.positions.tolist() == [[2**32 - 2, 2, 5]]
    assert top.scores.tolist() == [[4, 0, 0]]
