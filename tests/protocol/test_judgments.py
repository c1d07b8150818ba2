import numpy as np
import pyarrow as pa
import pytest

from itemvec.core.columns import QRELS
from itemvec.core.errors import TableError
from itemvec.core.top_k import Top
from itemvec.protocol.judgments import choose, judge, judged_pairs, pairs, skip_unjudged


def test_judgments_are_laid_end_to_end() -> None:
    qrels = pa.table([["q2", "q1", "q2", "q1"], ["c", "b", "a", "a"], [1.0, 2.0, 3.0, 0.0]], schema=QRELS)
    found = judge(qrels, pa.array(["q1", "q0", "q2"]), pa.array(["a", "b", "c"]))
    assert found.ids.to_pylist() == ["q1", "q2"]
    assert found.offsets.tolist() == [0, 1, 3]
    assert found.items.tolist() == [1, 0, 2]
    assert found.gains.tolist() == [2, 3, 1]


@pytest.mark.parametrize(("row", "said"), [(("q9", "a"), "query_id 'q9'"), (("q1", "z"), "item_id 'z'")])
def test_a_judgment_of_the_unknown_is_named(row: tuple[str, str], said: str) -> None:
    qrels = pa.table([[row[0]], [row[1]], [1.0]], schema=QRELS)
    with pytest.raises(TableError, match=f"qrels: {said} does not exist"):
        judge(qrels, pa.array(["q1"]), pa.array(["a"]))


QUERIES, ITEMS = pa.array(["q1", "q2", "q3"]), pa.array(["a", "b", "c"])
GRADED = pa.table([["q1", "q1", "q2", "q3"], ["a", "b", "a", "c"], [3.0, 1.0, 1.0, 2.0]], schema=QRELS)


def test_a_query_needs_an_item_of_the_least_gain() -> None:
    found = judge(GRADED, QUERIES, ITEMS, least_gain=2)
    assert found.ids.to_pylist() == ["q1", "q3"]
    assert found.gains.tolist() == [3, 1, 2]  # the lesser gain stays, for graded metrics
    assert found.least_gain == 2


def test_some_queries_keep_their_judgments() -> None:
    found = choose(judge(GRADED, QUERIES, ITEMS), np.array([True, False, True]))
    assert found.ids.to_pylist() == ["q1", "q3"]
    assert (found.items.tolist(), found.gains.tolist(), found.offsets.tolist()) == ([0, 1, 2], [3, 1, 2], [0, 2, 3])


def test_pairs_are_queries_of_one_item() -> None:
    found, whose = pairs(judge(GRADED, QUERIES, ITEMS))
    assert found.ids.to_pylist() == ["q1 #1", "q1 #2", "q2 #1", "q3 #1"]
    assert found.items.tolist() == [0, 1, 0, 2]
    assert found.offsets.tolist() == [0, 1, 2, 3, 4]
    assert whose.tolist() == [0, 0, 1, 2]
    exact, whose = pairs(judge(GRADED, QUERIES, ITEMS, least_gain=2))
    assert exact.gains.tolist() == [3, 2]
    assert whose.tolist() == [0, 1]


def test_what_nobody_judged_is_taken_out_and_the_rest_moves_up() -> None:
    """Of the queries q3 and q1 the second has judgments of a and b, the first one of c."""
    judged = judged_pairs(GRADED, pa.array(["q3", "q1"]), ITEMS)
    assert sorted(judged.tolist()) == [2, 3, 4]
    top = Top(np.array([[0, 2, -1], [2, 1, 0]]), np.array([[3, 2, -np.inf], [3, 2, 1]], dtype=np.float32))
    found = skip_unjudged(top, judged, n_items=3)
    assert found.positions.tolist() == [[2, -1, -1], [1, 0, -1]]
    assert found.scores.tolist() == [[2, -np.inf, -np.inf], [2, 1, -np.inf]]
    assert found.scores.dtype == np.float32
