from typing import Any

import numpy as np
import pyarrow as pa

from itemvec.store.row_index import KeyIndex, halves


def keys(*pairs: tuple[int, int]) -> Any:
    """Keys of which both halves are given."""
    return pa.FixedSizeBinaryArray.from_buffers(
        pa.binary(16), len(pairs), [None, pa.py_buffer(np.array(pairs, dtype=np.uint64).reshape(-1, 2))]
    )


def test_what_was_added_is_found() -> None:
    index = KeyIndex()
    index.add(keys((3, 1), (1, 1)), np.array([10, 11]))
    index.add(keys((2, 1)), np.array([12]))
    assert index.find(keys((1, 1), (2, 1), (3, 1), (4, 1))).tolist() == [11, 12, 10, -1]
    assert len(index) == 3


def test_equal_first_halves_are_told_apart() -> None:
    index = KeyIndex()
    index.add(keys((7, 1), (7, 3), (7, 2)), np.arange(3))
    assert index.find(keys((7, 3), (7, 0), (7, 2), (7, 9), (8, 1), (7, 1))).tolist() == [1, -1, 2, -1, -1, 0]


def test_of_two_the_first_is_found() -> None:
    index = KeyIndex()
    index.add(keys((5, 5), (5, 5)), np.array([4, 6]))
    index.add(keys((5, 5), (1, 1)), np.array([7, 8]))
    assert index.find(keys((5, 5))).tolist() == [4]


def test_it_agrees_with_a_dictionary(rng: np.random.Generator) -> None:
    """Few values in each half, so that everything collides; blocks of all sizes, so that runs are merged."""
    index, expected, row = KeyIndex(), dict[tuple[int, int], int](), 0
    for size in rng.integers(0, 60, size=50):
        pairs = [(int(first), int(rest)) for first, rest in rng.integers(0, 40, size=(size, 2))]
        index.add(keys(*pairs), np.arange(row, row + size))
        for number, pair in enumerate(pairs):
            expected.setdefault(pair, row + number)
        row += int(size)
    asked = [(first, rest) for first in range(42) for rest in range(42)]
    assert index.find(keys(*asked)).tolist() == [expected.get(pair, -1) for pair in asked]
    assert len(index) == row


def test_nothing_in_nothing() -> None:
    index = KeyIndex()
    index.add(keys(), np.empty(0, dtype=np.int64))
    assert index.find(keys((1, 1))).tolist() == [-1]
    assert index.find(keys()).tolist() == []


def test_a_slice_of_keys_has_its_own_halves() -> None:
    first, rest = halves(keys((1, 2), (3, 4), (5, 6))[1:])
    assert (first.tolist(), rest.tolist()) == ([3, 5], [4, 6])


def test_what_is_forgotten_is_not_found_unless_it_was_added_twice() -> None:
    index = KeyIndex()
    index.add(keys((1, 1), (2, 2), (2, 2)), np.array([4, 5, 6]))
    index.forget(np.array([4, 5]))
    assert index.find(keys((1, 1), (2, 2))).tolist() == [-1, 6]
    assert len(index) == 1
