import numpy as np
import pyarrow as pa
import pytest

from itemvec.core.errors import ParamsError
from itemvec.core.top_k import TieOrder, Ties, top_k
from itemvec.retrievers import Entries, block_scan
from itemvec.retrievers.exact import Exact
from itemvec.retrievers.inner_products import Precision


def ties_of(items: Entries, queries: Entries) -> Ties:
    return TieOrder(items.ids).of(queries.ids)


def entries(vectors: np.ndarray, size: int = 1000) -> Entries:
    ids = pa.array([str(row) for row in range(len(vectors))])
    return Entries(ids, vectors=np.split(vectors, range(size, len(vectors), size)))


@pytest.mark.parametrize("similarity", ["cosine", "dot"])
def test_blocks_equal_the_whole(similarity: str, rng: np.random.Generator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(block_scan, "QUERIES", {"cpu": 7, "cuda": 7})
    monkeypatch.setattr(block_scan, "ITEMS", {"cpu": 32, "cuda": 32})
    items, queries = (rng.standard_normal((n, 16), dtype=np.float32) for n in (300, 40))
    top = Exact(similarity).index(entries(items, 64))(entries(queries, 11), 10)  # type: ignore[arg-type]
    if similarity == "cosine":
        items, queries = (part / np.linalg.norm(part, axis=1, keepdims=True) for part in (items, queries))
    scores = queries @ items.T
    assert (top.positions == np.argsort(-scores, axis=1)[:, :10]).all()
    assert top.scores == pytest.approx(-np.sort(-scores, axis=1)[:, :10], abs=1e-5)


@pytest.mark.parametrize("precision", ["float32", "bfloat16", "int8"])
def test_equal_items_come_in_the_order_of_ties(precision: Precision) -> None:
    items = entries(np.ones((50, 3), dtype=np.float32), 8)
    queries = entries(np.ones((9, 3), dtype=np.float32))
    top = Exact(precision=precision).index(items)(queries, 20)
    assert (top.positions == top_k(np.zeros((9, 50), dtype=np.float32), 20, ties_of(items, queries)).positions).all()


def test_length_counts_for_dot_alone() -> None:
    items = np.array([[1, 0], [9, 9]], dtype=np.float32)
    query = entries(np.array([[1, 0]], dtype=np.float32))
    assert Exact("cosine").index(entries(items))(query, 1).positions.tolist() == [[0]]
    assert Exact("dot").index(entries(items))(query, 1).positions.tolist() == [[1]]


def test_it_needs_vectors() -> None:
    with pytest.raises(ParamsError, match="exact needs vectors; name its row under retrievers"):
        Exact().index(Entries(pa.array(["a"]), pa.array(["text"])))


def test_int8_counts_steps_of_the_largest_number() -> None:
    """Largest 2, so a step is 2 / 127: 1 is 63.5, rounded to the even 64; the sum is 64 * 127 steps squared."""
    items, query = np.array([[1, 0], [0.02, 1]], dtype=np.float32), np.array([[2, 0]], dtype=np.float32)
    top = Exact("dot", "int8").index(entries(items))(entries(query), 2)
    assert top.positions.tolist() == [[0, 1]]
    assert top.scores[0] == pytest.approx([64 * 127 * (2 / 127) ** 2, 1 * 127 * (2 / 127) ** 2], rel=1e-6)


@pytest.mark.parametrize("k", [10, 700])
def test_int8_finds_negative_products(k: int, rng: np.random.Generator) -> None:
    items = rng.integers(1, 4, size=(1000, 6)).astype(np.float32)
    query = -np.ones((1, 6), dtype=np.float32)
    top = Exact("dot", "int8").index(entries(items))(entries(query), k)
    steps = np.round(items * 127 / 3).sum(axis=1)
    expected = top_k(-steps[None].astype(np.float32), k, ties_of(entries(items), entries(query)))
    assert (top.positions == expected.positions).all()


@pytest.mark.parametrize("extra", [1, 2, 3, 17])
def test_equal_items_are_equal_wherever_they_are(extra: int, rng: np.random.Generator) -> None:
    items, queries = (rng.standard_normal((n, 384), dtype=np.float32) for n in (8192 + extra, 100))
    items[-1] = items[0]
    top = Exact().index(entries(items))(entries(queries), len(items))
    first, last = (np.argmax(top.positions == place, axis=1) for place in (0, len(items) - 1))
    assert (abs(first - last) == 1).all()


def test_bfloat16_rounds_numbers_and_not_sums() -> None:
    """Eight bits: 1 + 1/512 becomes 1; 256 + 1 could not be told from 256, were the sum rounded."""
    items = np.array([[1 + 1 / 512, 0], [1, 0], [256, 1], [256, 0]], dtype=np.float32)
    top = Exact("dot", "bfloat16").index(entries(items))(entries(np.ones((1, 2), dtype=np.float32)), 4)
    assert top.scores.tolist() == [[257, 256, 1, 1]]
    assert top.positions.tolist() == [[2, 3, 0, 1]]


@pytest.mark.parametrize("precision", ["bfloat16", "int8"])
def test_rounded_vectors_are_ranked_exactly(precision: str, rng: np.random.Generator) -> None:
    import torch

    items, queries = (rng.standard_normal((n, 24), dtype=np.float32) for n in (3000, 30))
    top = Exact("dot", precision).index(entries(items))(entries(queries), 10)  # type: ignore[arg-type]
    if precision == "int8":
        step = max(np.abs(items).max(), np.abs(queries).max()) / 127
        items, queries = (np.round(one / step) * step for one in (items, queries))
    else:
        items, queries = (torch.from_numpy(one).bfloat16().float().numpy() for one in (items, queries))
    scores = queries @ items.T
    assert np.take_along_axis(scores, top.positions, axis=1) == pytest.approx(top.scores, abs=1e-4)
    assert top.scores == pytest.approx(-np.sort(-scores, axis=1)[:, :10], abs=1e-4)


@pytest.mark.parametrize("precision", ["float32", "int8"])
def test_agrees_with_faiss(precision: str, rng: np.random.Generator) -> None:
    import faiss

    items, queries = (np.round(rng.standard_normal((n, 16)) * 8).astype(np.float32) for n in (5000, 20))
    largest = max(np.abs(items).max(), np.abs(queries).max())
    items, queries = (one * 127 / largest if precision == "int8" else one for one in (items, queries))
    items, queries = (np.round(one).astype(np.float32) for one in (items, queries))  # sums are exact in either
    index = faiss.IndexFlatIP(16)
    index.add(items)
    expected, _ = index.search(queries, 50)
    top = Exact("dot", precision).index(entries(items))(entries(queries), 50)  # type: ignore[arg-type]
    assert top.scores == pytest.approx(expected, rel=1e-6)
