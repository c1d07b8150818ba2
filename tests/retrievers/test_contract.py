"""What every retriever kind must do."""

import numpy as np
import pyarrow as pa
import pytest

from itemvec.core.errors import ParamsError
from itemvec.core.top_k import NOTHING
from itemvec.retrievers import RETRIEVERS, Entries, Retriever
from tests.conftest import RETRIEVER_ROWS

TEXTS = ["red shirt", "blue shirt", "garden hose", "long garden hose", "wool hat"]
WORDS = ["red", "blue", "shirt", "garden", "hose", "long", "wool", "hat"]


def entries(*texts: str) -> Entries:
    vectors = np.array([[word in text.split() for word in WORDS] for text in texts], dtype=np.float32)
    ids = pa.array([f"e{row}" for row in range(len(texts))], pa.string())
    return Entries(ids, pa.array(texts, pa.string()), [vectors[:2], vectors[2:]])


def test_every_kind_has_an_example_row() -> None:
    assert set(RETRIEVER_ROWS) == set(RETRIEVERS.kinds())


@pytest.fixture(params=RETRIEVER_ROWS)
def retriever(request: pytest.FixtureRequest, checkpoint: str) -> Retriever:
    return RETRIEVERS.build(request.param, RETRIEVER_ROWS[request.param])


def test_the_planted_item_is_first(retriever: Retriever) -> None:
    top = retriever.index(entries(*TEXTS))(entries("blue shirt", "wool hat", "long hose"), 3)
    assert top.positions[:, 0].tolist() == [1, 4, 3]
    assert top.positions.shape == top.scores.shape == (3, 3)
    assert top.positions.dtype == np.int64
    assert top.scores.dtype == np.float32


def test_scores_descend(retriever: Retriever) -> None:
    top = retriever.index(entries(*TEXTS))(entries(*TEXTS), 5)
    assert (np.diff(np.nan_to_num(top.scores, neginf=-9)) <= 0).all()


def test_an_item_is_found_once(retriever: Retriever) -> None:
    top = retriever.index(entries(*TEXTS))(entries("garden shirt", "garden hose"), 5)
    for row in top.positions:
        found = row[row != NOTHING].tolist()
        assert len(found) == len(set(found))


def test_more_ranks_than_items_leave_the_tail_empty(retriever: Retriever) -> None:
    top = retriever.index(entries(*TEXTS))(entries("red shirt"), 8)
    assert top.positions[0, 5:].tolist() == [NOTHING] * 3
    assert (top.scores[0, 5:] == -np.inf).all()


def test_a_query_like_nothing_is_no_error(retriever: Retriever) -> None:
    top = retriever.index(entries(*TEXTS))(entries("zebra", "red shirt"), 2)
    assert top.positions.shape == (2, 2)
    assert top.positions[1, 0] == 0


def test_needs_vectors_says_whether_it_can_be_a_baseline(retriever: Retriever) -> None:
    items, queries = (Entries(one.ids, one.texts) for one in (entries(*TEXTS), entries("blue shirt")))
    if retriever.needs_vectors:
        with pytest.raises(ParamsError, match="needs vectors"):
            retriever.index(items)
    else:
        assert retriever.index(items)(queries, 1).positions.tolist() == [[1]]


def test_same_again(retriever: Retriever) -> None:
    first, second = (retriever.index(entries(*TEXTS))(entries(*TEXTS), 3) for _ in range(2))
    assert (first.positions == second.positions).all()
    assert (first.scores == second.scores).all()
