import numpy as np
import pyarrow as pa
import pytest

from itemvec.core.top_k import TieOrder, top_k
from itemvec.retrievers import Entries, block_scan
from itemvec.retrievers.exact import Exact
from itemvec.retrievers.truncated_search import search_prefixes
from tests.conftest import unit


@pytest.mark.parametrize("similarity", ["cosine", "dot"])
def test_equals_one_run_for_each(similarity: str, rng: np.random.Generator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(block_scan, "QUERIES", {"cpu": 7, "cuda": 7})
    monkeypatch.setattr(block_scan, "ITEMS", {"cpu": 64, "cuda": 64})
    items, queries = (rng.standard_normal((n, 20), dtype=np.float32) for n in (1000, 16))
    found = search_prefixes(queries, np.split(items, [300, 301]), [3, 8, 20], 12, similarity)  # type: ignore[arg-type]
    assert list(found) == [3, 8, 20]
    for dim, top in found.items():
        cut = [one[:, :dim] if similarity == "dot" else unit(one[:, :dim]) for one in (queries, items)]
        scores = cut[0] @ cut[1].T
        assert top.scores == pytest.approx(-np.sort(-scores, axis=1)[:, :12], abs=1e-5)
        assert np.take_along_axis(scores, top.positions, axis=1) == pytest.approx(top.scores, abs=1e-5)


def test_each_prefix_ranks_by_itself_alone() -> None:
    """By the first number item 0 wins, by two item 1, by all three item 2."""
    items = np.array([[3, 0, 0], [2, 2, 0], [1, 1, 9]], dtype=np.float32)
    found = search_prefixes(np.ones((1, 3), dtype=np.float32), [items], [1, 2, 3], 1, "dot")
    assert [top.positions[0, 0] for top in found.values()] == [0, 1, 2]
    assert [top.scores[0, 0] for top in found.values()] == [3, 4, 11]


def test_equal_items_come_in_order_of_position(rng: np.random.Generator) -> None:
    items = np.repeat(rng.standard_normal((1, 8), dtype=np.float32), 200, axis=0)
    found = search_prefixes(items[:1], np.split(items, [90]), [2, 8], 50, "cosine")
    for top in found.values():
        assert top.positions[0].tolist() == list(range(50))


def test_ties_are_those_of_whole_rankings(rng: np.random.Generator, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whole numbers, whose products are exact and often equal, in blocks as at once."""
    monkeypatch.setattr(block_scan, "QUERIES", {"cpu": 7, "cuda": 7})
    monkeypatch.setattr(block_scan, "ITEMS", {"cpu": 64, "cuda": 64})
    items, queries = (rng.integers(-1, 2, size=(n, 6)).astype(np.float32) for n in (500, 30))
    ids = [pa.array([str(row) for row in range(n)]) for n in (500, 30)]
    ties = TieOrder(ids[0]).of(ids[1])
    found = search_prefixes(queries, np.split(items, [190, 191]), [2, 6], 12, "dot", ties)
    whole = Exact("dot").index(Entries(ids[0], vectors=[items]))(Entries(ids[1], vectors=[queries]), 12)
    for dim, top in found.items():
        assert (top.positions == top_k(queries[:, :dim] @ items[:, :dim].T, 12, ties).positions).all()
    assert (found[6].positions == whole.positions).all()


def test_a_vector_that_starts_with_zeros_is_like_nothing() -> None:
    items = np.array([[0, 1], [1, 0]], dtype=np.float32)
    found = search_prefixes(items, [items], [1, 2], 2, "cosine")
    assert found[1].scores.tolist() == [[0, 0], [1, 0]]
    assert found[2].positions.tolist() == [[0, 1], [1, 0]]
