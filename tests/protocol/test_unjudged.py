import numpy as np
import pyarrow as pa
import pytest

from itemvec.core.top_k import NOTHING, Top
from itemvec.metrics import Judgments
from itemvec.protocol.judgments import hashes
from itemvec.protocol.unjudged import alternatives

N = 6  # items
JUDGMENTS = Judgments(pa.array(["a", "b"]), np.array([0, 1]), np.array([1.0, 1.0]), np.array([0, 1, 2]))


def top(*rows: list[int]) -> Top:
    positions = np.array(rows, dtype=np.int64)
    return Top(positions, -np.arange(positions.size, dtype=np.float32).reshape(positions.shape))


def judged(*pairs: tuple[int, int]) -> np.ndarray:
    return np.array([query * N + item for query, item in pairs], dtype=np.int64)


def test_unjudged_items_are_counted_skipped_and_taken_for_relevant() -> None:
    """Query a finds an unjudged item before its relevant one, query b its relevant one and one judged irrelevant."""
    found = alternatives(top([5, 0], [1, 2]), JUDGMENTS, judged((0, 0), (1, 1), (1, 2)), N, "mrr@2")
    assert found["judged@2"].tolist() == [0.5, 1.0]
    assert found["mrr@2 skipped"].tolist() == [1.0, 1.0]
    assert found["mrr@2 possible"].tolist() == [1.0, 1.0]


def test_no_judgment_could_give_a_higher_value() -> None:
    """nDCG of one unjudged item before the relevant one: both relevant is the ideal order of two."""
    found = alternatives(top([5, 0, 4], [4, 5, 2]), JUDGMENTS, judged((0, 0), (1, 1), (1, 2)), N, "ndcg@2")
    assert found["ndcg@2 possible"] == pytest.approx([1.0, 1.0])
    assert found["ndcg@2 skipped"] == pytest.approx([1.0, 0.0])  # b is left with an irrelevant item


def test_where_all_is_judged_there_is_no_other_value() -> None:
    found = alternatives(top([0, 1], [1, NOTHING]), JUDGMENTS, judged((0, 0), (0, 1), (1, 1)), N, "ndcg@2")
    assert {name: values.tolist() for name, values in found.items()} == {"judged@2": [1.0, 0.5]}


def test_hashes_of_judgments_are_equal_where_items_and_gains_are() -> None:
    items = pa.array(list("uvwxyz"))
    moved = Judgments(pa.array(["a", "b"]), np.array([5, 1]), np.array([1.0, 1.0]), np.array([0, 1, 2]))
    before, after = hashes(JUDGMENTS, items), hashes(moved, items)
    assert before[0] != after[0]
    assert before[1] == after[1]
    renumbered = Judgments(pa.array(["a"]), np.array([0, 1]), np.array([2.0, 1.0]), np.array([0, 2]))
    other_order = Judgments(pa.array(["a"]), np.array([0, 1]), np.array([1.0, 2.0]), np.array([0, 2]))
    assert hashes(renumbered, pa.array(["u", "v"])) == hashes(other_order, pa.array(["v", "u"]))
    assert hashes(renumbered, pa.array(["u", "v"])) != hashes(other_order, pa.array(["u", "v"]))
