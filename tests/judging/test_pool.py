import numpy as np
import pyarrow as pa

from itemvec.judging.pool import pooled

QUERIES, ITEMS = pa.array(["q0", "q1"]), pa.array(["a", "b", "c", "d"])


def test_each_pair_stands_once_with_its_rank_in_each_system() -> None:
    left = np.array([[0, 1, 2], [3, -1, -1]])
    right = np.array([[1, 3, 0], [3, 2, 1]])
    pool = pooled({"left": left, "right": right}, QUERIES, ITEMS, depth=2)
    assert pool.pairs() == [("q0", "a"), ("q0", "b"), ("q0", "d"), ("q1", "c"), ("q1", "d")]
    assert pool.ranks.tolist() == [[1, 0], [2, 1], [0, 2], [0, 2], [1, 1]]


def test_systems_that_rank_alike_are_one() -> None:
    """They differ at rank 3 alone, which is deeper than the pool."""
    one, other = np.array([[0, 1, 2], [1, 0, 2]]), np.array([[0, 1, 3], [1, 0, 3]])
    pool = pooled({"one": one, "other": other}, QUERIES, ITEMS, depth=2)
    assert pool.systems == ["one = other"]
    assert len(pool) == 4


def test_an_empty_pool() -> None:
    nothing = np.full((2, 3), -1)
    assert len(pooled({"one": nothing}, QUERIES, ITEMS, depth=3)) == 0
