from dataclasses import replace
from math import log2

import numpy as np
import pyarrow as pa
import pytest

from itemvec.core.top_k import TieOrder, top_k
from itemvec.metrics import Judgments, Ranked, exact_ndcg, measure
from itemvec.metrics import leave_one_dimension_out as attribution
from itemvec.metrics.exact_ndcg import Similarity, ndcg
from itemvec.metrics.leave_one_dimension_out import attribute
from tests.conftest import unit


def judgments(*items: list[int]) -> Judgments:
    """Queries q0, q1, ... with these relevant items, the first of each with gain 2, others with gain 1."""
    gains = np.concatenate([[2.0, *np.ones(len(one) - 1)] for one in items])
    offsets = np.cumsum([0, *map(len, items)])
    return Judgments(pa.array([f"q{i}" for i in range(len(items))]), np.concatenate(items), gains, offsets)


def test_a_dimension_that_hides_the_right_item_by_hand() -> None:
    """The second axis lifts item 0 above item 1; without it item 1 is first, without the first axis item 0 stays."""
    queries = np.array([[1, 1]], dtype=np.float32)
    items = np.array([[1, 2], [2, 0]], dtype=np.float32)
    found = attribute(queries, items, judgments([1]), similarity="dot")
    assert found.full == pytest.approx([1 / log2(3)])  # 3 against 2: the right item is second
    assert found.without == pytest.approx(np.array([[1 / log2(3), 1.0]]))  # 2 against 0, then 1 against 2


def test_ndcg_is_that_of_the_metrics(rng: np.random.Generator) -> None:
    queries, items = (unit(rng.standard_normal((n, 6), dtype=np.float32)) for n in (30, 50))
    judged = judgments(*([int(one), int(one) + 7] for one in rng.integers(40, size=30)))
    ranked = Ranked.judge(top_k(queries @ items.T, 10).positions, judged)
    assert ndcg(queries, items, judged) == pytest.approx(measure(ranked, ["ndcg@10"])["ndcg@10"])


@pytest.mark.parametrize("similarity", ["cosine", "dot"])
@pytest.mark.parametrize("depth", [12, 100])
def test_leaving_out_equals_ranking_anew(
    similarity: Similarity, depth: int, rng: np.random.Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where a strong axis makes the first candidates too few, and where an item lies wholly in one axis."""
    monkeypatch.setattr(attribution, "DEPTH", depth)
    scale = np.array([4, 1, 1, 1, 0.2, 1], dtype=np.float32)
    queries, items = (rng.standard_normal((n, 6), dtype=np.float32) * scale for n in (25, 300))
    items[3] = [0, 5, 0, 0, 0, 0]
    judged = judgments(*([int(one), int(one) + 100] for one in rng.integers(200, size=25)))
    found = attribute(queries, items, judged, similarity=similarity)
    assert found.widened > 0
    for dim in range(6):
        rest = [other for other in range(6) if other != dim]
        again = ndcg(queries[:, rest], items[:, rest], judged, similarity=similarity)
        assert found.without[:, dim] == pytest.approx(again)
    assert not np.allclose(found.without, found.full[:, None])


@pytest.mark.parametrize("depth", [12, 100])
def test_ties_are_ordered_as_in_a_ranking_anew(
    depth: int, rng: np.random.Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attribution, "DEPTH", depth)
    queries, items = (rng.integers(-1, 2, size=(n, 6)).astype(np.float32) for n in (25, 300))
    judged = judgments(*([int(one), int(one) + 100] for one in rng.integers(200, size=25)))
    ties = TieOrder(pa.array([f"i{row}" for row in range(300)])).of(judged.ids)
    found = attribute(queries, items, judged, similarity="dot", ties=ties)
    for dim in range(6):
        rest = [other for other in range(6) if other != dim]
        again = ndcg(queries[:, rest], items[:, rest], judged, similarity="dot", ties=ties)
        assert found.without[:, dim] == pytest.approx(again)
    assert not np.allclose(found.full, attribute(queries, items, judged, similarity="dot").full)


def test_an_item_in_one_dimension_proves_nothing_of_others() -> None:
    """Planted: without the first of 65 dimensions a hidden item is best; another item is all in the first."""
    rng = np.random.default_rng(0)
    axis, rest = np.zeros(65, dtype=np.float32), np.full(65, 1 / 8, dtype=np.float32)
    axis[0], rest[0] = 1, 0
    items = unit(rng.standard_normal((600, 65), dtype=np.float32))
    items[:120] = unit(0.7 * rest + 0.714 * items[:120])
    items[300], items[30] = 0.95 * axis + 0.31 * rest, axis
    query = (0.8 * rest - 0.6 * axis)[None]
    found = attribute(query, items, judgments([300]))
    again = ndcg(query[:, 1:], items[:, 1:], judgments([300]))
    assert again == pytest.approx(1)
    assert found.without[:, 0] == pytest.approx(again)


def test_batches_change_nothing(rng: np.random.Generator, monkeypatch: pytest.MonkeyPatch) -> None:
    queries, items = (rng.standard_normal((n, 4), dtype=np.float32) for n in (20, 30))
    judged = judgments(*([int(one)] for one in rng.integers(30, size=20)))
    whole = attribute(queries, items, judged)
    monkeypatch.setattr(exact_ndcg, "NUMBERS", 1)
    parts = attribute(queries, items, judged)
    assert np.array_equal(whole.without, parts.without)
    few = attribute(queries, items[:4], replace(judged, items=judged.items % 4))  # fewer items than ranks
    assert few.full.min() > 0
