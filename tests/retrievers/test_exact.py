import numpy as np
import pyarrow as pa
import pytest

from itemvec.errors import ParamsError
from itemvec.retrievers import Entries, exact
from itemvec.retrievers.exact import Exact


def entries(vectors: np.ndarray, size: int = 1000) -> Entries:
    ids = pa.array([str(row) for row in range(len(vectors))])
    return Entries(ids, vectors=np.split(vectors, range(size, len(vectors), size)))


@pytest.mark.parametrize("similarity", ["cosine", "dot"])
def test_blocks_equal_the_whole(similarity: str, rng: np.random.Generator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exact, "QUERIES", 7)
    items, queries = (rng.standard_normal((n, 16), dtype=np.float32) for n in (300, 40))
    top = Exact(similarity).index(entries(items, 64))(entries(queries, 11), 10)  # type: ignore[arg-type]
    if similarity == "cosine":
        items, queries = (part / np.linalg.norm(part, axis=1, keepdims=True) for part in (items, queries))
    scores = queries @ items.T
    assert (top.positions == np.argsort(-scores, axis=1)[:, :10]).all()
    assert top.scores == pytest.approx(-np.sort(-scores, axis=1)[:, :10], abs=1e-5)


def test_equal_items_come_in_order_of_position() -> None:
    items = np.ones((50, 3), dtype=np.float32)
    top = Exact().index(entries(items, 8))(entries(items[:1]), 20)
    assert top.positions[0].tolist() == list(range(20))


def test_length_counts_for_dot_alone() -> None:
    items = np.array([[1, 0], [9, 9]], dtype=np.float32)
    query = entries(np.array([[1, 0]], dtype=np.float32))
    assert Exact("cosine").index(entries(items))(query, 1).positions.tolist() == [[0]]
    assert Exact("dot").index(entries(items))(query, 1).positions.tolist() == [[1]]


def test_it_needs_vectors() -> None:
    with pytest.raises(ParamsError, match="exact needs vectors; name its row under retrievers"):
        Exact().index(Entries(pa.array(["a"]), pa.array(["text"])))
