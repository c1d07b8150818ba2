import numpy as np
import pyarrow as pa
import pytest

from itemvec.core.errors import TableError
from itemvec.decision.values import Measures, common
from tests.decision.states import table

CELLS = {
    "one": table("a", np.array([[0.0, 1.0], [2.0, 3.0], [4.0, 5.0]])),  # two seeds
    "other": table("a", np.array([6.0, 7.0, 8.0])),
    "shifted": table("a", np.array([7.5, 8.5, 9.5]), first=1),
}


def measures() -> Measures:
    return Measures(CELLS.__getitem__)


def test_cells_lie_side_by_side_in_the_order_of_ids() -> None:
    values = measures().of(["one", "other"], "a", ["ndcg@10"] * 2)
    assert values.ids.to_pylist() == ["q0000", "q0001", "q0002"]
    assert values.means.tolist() == [[0.5, 6], [2.5, 7], [4.5, 8]]
    assert values.seeds[0].variance == pytest.approx(np.var([2, 3], ddof=1) / 2)  # means of the two seeds
    assert values.seeds[1].variance == 0


def test_a_table_is_read_once() -> None:
    read: list[str] = []

    def note(cell: str) -> pa.Table:
        read.append(cell)
        return CELLS[cell]

    found = Measures(note)
    found.of(["one", "other"], "a", ["ndcg@10"] * 2)
    found.of(["one"], "a", ["ndcg@10"])
    assert read == ["one", "other"]


def test_queries_of_one_owner_are_one() -> None:
    owners = pa.array(["x", "x", "y"])
    values = measures().of(["other"], "a", ["ndcg@10"])
    values = type(values)(values.by_seed, owners, values.ids, values.judgments)
    assert len(values.independent(values.means)) == 2


def test_other_queries_are_refused() -> None:
    with pytest.raises(TableError, match="shifted and one were measured on different queries"):
        measures().of(["one", "shifted"], "a", ["ndcg@10"] * 2)


def test_common_queries_by_id_and_judgments() -> None:
    left = measures().of(["other"], "a", ["ndcg@10"])
    right = measures().of(["shifted"], "a", ["ndcg@10"])
    ours, theirs, rejudged = common(left, right)
    assert ours.ids.to_pylist() == theirs.ids.to_pylist() == ["q0001", "q0002"]
    assert (ours.means.ravel().tolist(), theirs.means.ravel().tolist(), rejudged) == ([7, 8], [7.5, 8.5], 0)
    CELLS["rejudged"] = table("a", np.array([1.0, 2.0, 3.0]), judgments=np.array([0, 99, 2]))
    ours, theirs, rejudged = common(left, measures().of(["rejudged"], "a", ["ndcg@10"]))
    assert (ours.means.ravel().tolist(), theirs.means.ravel().tolist(), rejudged) == ([6, 8], [1, 3], 1)


def test_nothing_in_common_is_empty() -> None:
    CELLS["far"] = table("a", np.array([1.0]), first=50)
    ours, theirs, rejudged = common(
        measures().of(["other"], "a", ["ndcg@10"]), measures().of(["far"], "a", ["ndcg@10"])
    )
    assert (len(ours), len(theirs), rejudged) == (0, 0, 0)
