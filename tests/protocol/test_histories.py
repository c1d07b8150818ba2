import numpy as np
import pyarrow as pa
import pytest

from itemvec.core.columns import INTERACTIONS
from itemvec.core.errors import TableError
from itemvec.protocol.histories import Histories
from itemvec.protocol.split_parts import TEST, TRAIN, divide
from tests.conftest import histories

THREE = histories([4, 2], [], [1, 1, 3, 0], n_items=5)


def test_a_sorted_table_becomes_histories() -> None:
    table = pa.table([["a", "a", "b"], ["y", "x", "y"], [1, 2, 1]], schema=INTERACTIONS)
    found = Histories.of(table, pa.array(["x", "y", "z"]))
    assert found.users.to_pylist() == ["a", "b"]
    assert found.items.tolist() == [1, 0, 1]
    assert found.offsets.tolist() == [0, 2, 3]
    assert found.n_items == 3


def test_no_interactions_are_no_users() -> None:
    found = Histories.of(INTERACTIONS.empty_table(), pa.array(["x"]))
    assert len(found) == 0
    assert found.matrix().shape == (0, 1)


def test_an_unknown_item_is_named() -> None:
    table = pa.table([["a", "a"], ["x", "q"], [1, 2]], schema=INTERACTIONS)
    with pytest.raises(TableError, match="item 'q' is not in the catalogue"):
        Histories.of(table, pa.array(["x"]))


def test_places_and_ages() -> None:
    assert THREE.lengths.tolist() == [2, 0, 4]
    assert THREE.rows.tolist() == [0, 0, 2, 2, 2, 2]
    assert THREE.ages.tolist() == [1, 0, 3, 2, 1, 0]


def test_blocks_hold_the_same_users() -> None:
    blocks = list(THREE.blocks(2))
    assert [len(block) for block in blocks] == [2, 1]
    assert blocks[1].items.tolist() == [1, 1, 3, 0]
    assert blocks[1].offsets.tolist() == [0, 4]


def test_recent_items_are_filled_up_on_the_right() -> None:
    assert THREE.recent(3).tolist() == [[4, 2, -1], [-1, -1, -1], [1, 3, 0]]


def test_matrix_adds_up_repeated_items() -> None:
    assert THREE.matrix().toarray().tolist() == [[0, 0, 1, 0, 1], [0] * 5, [1, 2, 0, 1, 0]]
    weights = np.array([1, 2, 4, 8, 16, 32], dtype=np.float32)
    assert THREE.matrix(weights).toarray()[2].tolist() == [32, 4 + 8, 0, 16, 0]
    assert THREE.items.tolist() == [4, 2, 1, 1, 3, 0]  # and leaves the histories alone


def test_select_and_without_last() -> None:
    chosen = THREE.select(THREE.lengths > 1)
    assert chosen.users.to_pylist() == ["u0", "u2"]
    assert chosen.items.tolist() == [4, 2, 1, 1, 3, 0]
    shorter = chosen.without_last(np.array([1, 2]))
    assert shorter.items.tolist() == [4, 1, 1]
    assert shorter.offsets.tolist() == [0, 1, 3]


def test_events_stay_with_their_interactions() -> None:
    table = pa.table([["a", "a", "b", "b"], ["y", "x", "y", "z"], [1, 2, 1, 2]], schema=INTERACTIONS)
    rated = table.append_column("rating", pa.array([4.0, None, 2.0, 5.0]))
    found = Histories.of(rated, pa.array(["x", "y", "z"]))
    ratings = found.events["rating"]
    assert np.array_equal(ratings, [4, np.nan, 2, 5], equal_nan=True)
    assert found.slice(1, 2).events["rating"].tolist() == [2, 5]
    assert found.select(np.array([False, True])).events["rating"].tolist() == [2, 5]
    assert found.without_last(np.array([1, 1])).events["rating"].tolist() == [4, 2]
    assert [block.events["rating"][0] for block in found.blocks(1)] == [4, 2]
    parts = divide(found, np.array([TRAIN, TEST, TRAIN, TEST]))
    assert parts.train.events["rating"].tolist() == [4, 2]
    assert parts.test.histories.events["rating"].tolist() == [4, 2]
    assert np.array_equal(parts.test.events["rating"], [np.nan, 5], equal_nan=True)
    assert Histories.of(table, pa.array(["x", "y", "z"])).events == {}


def test_ids_may_be_dictionaries_that_differ_by_chunk() -> None:
    """As Parquet gives them: each row group has its own, and the second knows y by another number."""
    chunks = [(["u1", "u1", "u2"], ["x", "z", "y"]), (["u2", "u3"], ["y", "x"])]
    parts = [[pa.array(one).dictionary_encode() for one in chunk] for chunk in chunks]
    table = pa.table([pa.chunked_array(some) for some in zip(*parts, strict=True)], ["user_id", "item_id"])
    found = Histories.of(table, pa.array(["x", "y", "z"]))
    assert found.users.to_pylist() == ["u1", "u2", "u3"]
    assert found.items.tolist() == [0, 2, 1, 1, 0]
    assert found.offsets.tolist() == [0, 2, 4, 5]
    assert found.users.type == pa.string()
    assert {found.items.dtype, found.offsets.dtype} == {np.dtype(np.int64)}
    with pytest.raises(TableError, match="item 'z' is not in the catalogue"):
        Histories.of(table, pa.array(["x", "y"]))
