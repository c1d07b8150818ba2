import numpy as np
import pyarrow as pa
import pytest

from itemvec.core.arrays import Floats
from itemvec.core.top_k import NOTHING, TieOrder, top_k


def scores(*rows: list[float]) -> Floats:
    return np.array(rows, dtype=np.float32)


def test_best_first() -> None:
    top = top_k(scores([0.25, 0.75, 0.5], [3, 1, 2]), 2)
    assert top.positions.tolist() == [[1, 2], [0, 2]]
    assert top.scores.tolist() == [[0.75, 0.5], [3, 2]]


def test_equal_scores_come_in_order_of_position() -> None:
    assert top_k(scores([1, 2, 1, 2, 1]), 4).positions.tolist() == [[1, 3, 0, 2]]
    assert top_k(np.zeros((1, 1000), dtype=np.float32), 3).positions.tolist() == [[0, 1, 2]]


def test_what_must_not_be_ranked_leaves_the_tail_empty() -> None:
    top = top_k(scores([-np.inf, 5, -np.inf], [-np.inf, -np.inf, -np.inf]), 2)
    assert top.positions.tolist() == [[1, NOTHING], [NOTHING, NOTHING]]
    assert top.scores[1].tolist() == [-np.inf, -np.inf]


def test_fewer_items_than_ranks() -> None:
    assert top_k(scores([1, 2]), 3).positions.tolist() == [[1, 0, NOTHING]]
    assert top_k(np.empty((2, 0), dtype=np.float32), 2).positions.tolist() == [[NOTHING] * 2] * 2
    assert top_k(np.empty((0, 5), dtype=np.float32), 2).positions.shape == (0, 2)


def test_equals_a_stable_sort(rng: np.random.Generator) -> None:
    table = rng.integers(0, 20, size=(200, 300)).astype(np.float32)  # many ties
    expected = np.argsort(-table, axis=1, kind="stable")[:, :17]
    assert (top_k(table, 17).positions == expected).all()


@pytest.mark.parametrize("values", [3, 60, 5000])  # nearly all are equal; some; few
@pytest.mark.parametrize("k", [1, 7, 40])
def test_of_many_items_those_that_cannot_be_best_are_passed_over(values: int, k: int, rng: np.random.Generator) -> None:
    table = rng.integers(0, values, size=(30, 2003)).astype(np.float32)
    table[rng.random(table.shape) < 0.1] = -np.inf
    ties = TieOrder(ids(2003)).of(ids(30, "q{}"))
    rows, items = np.divmod(np.arange(table.size), 2003)
    order = np.lexsort((ties.places(rows, items), -table.ravel(), rows)).reshape(30, 2003)[:, :k] % 2003
    found = top_k(table, k, ties)
    assert (found.positions == order).all()
    assert (found.scores == np.take_along_axis(table, order, axis=1)).all()


def ids(n: int, form: str = "{}") -> pa.Array:
    return pa.array([form.format(row) for row in range(n)], pa.string())


def test_the_order_of_ties_is_one_of_all_items_for_each_query() -> None:
    ties = TieOrder(ids(50)).of(ids(20, "q{}"))
    rows, items = np.divmod(np.arange(20 * 50), 50)
    places = ties.places(rows, items)
    assert (np.sort(places.reshape(20, 50), axis=1) == np.arange(50)).all()
    assert (ties.positions(rows, places) == items).all()
    assert len({tuple(row) for row in places.reshape(20, 50).tolist()}) > 10
    assert (ties.part(slice(5, 9)).turns == ties.turns[5:9]).all()


def test_the_order_of_ties_goes_with_the_ids_wherever_they_stand() -> None:
    some = ids(30)
    shuffled = some.take(pa.array(np.random.default_rng(0).permutation(30)))
    scores = np.zeros((1, 30), dtype=np.float32)
    named = [
        one.take(pa.array(top_k(scores, 7, TieOrder(one).of(ids(1))).positions[0])).to_pylist()
        for one in (some, shuffled)
    ]
    assert named[0] == named[1]


@pytest.mark.parametrize("k", [1, 17, 300, 310])
def test_equals_a_sort_by_score_and_place(k: int, rng: np.random.Generator) -> None:
    table = rng.integers(0, 20, size=(200, 300)).astype(np.float32)  # many ties
    table[rng.random(table.shape) < 0.3] = -np.inf
    table[:9] = 5
    ties = TieOrder(ids(300)).of(ids(200, "q{}"))
    places = ties.places(np.arange(200)[:, None], np.arange(300))
    order = np.lexsort((places, -table), axis=1)[:, :k]
    expected = np.where(np.take_along_axis(table, order, axis=1) > -np.inf, order, NOTHING)
    found = top_k(table, k, ties).positions
    assert (found[:, : expected.shape[1]] == expected).all()
    assert (found[:, expected.shape[1] :] == NOTHING).all()


@pytest.mark.parametrize("form", ["{}", "{:06d}", "item-{}", "{}-x"])
@pytest.mark.parametrize("right", ["first", "last", "shared", "any"])
def test_who_knows_nothing_is_at_chance(form: str, right: str, rng: np.random.Generator) -> None:
    """500 queries with one relevant item of 1,000: nDCG@10 of a random order is the mean discount, .0045 +- .002."""
    n_items, n_queries = 1000, 500
    queries = np.arange(n_queries)
    relevant = {
        "first": queries % 50,
        "last": n_items - 1 - queries % 50,
        "shared": np.full(n_queries, 7),
        "any": rng.integers(n_items, size=n_queries),
    }[right]
    ties = TieOrder(ids(n_items, form)).of(ids(n_queries, form))
    found = top_k(np.ones((n_queries, n_items), dtype=np.float32), 10, ties).positions
    ndcg = ((found == relevant[:, None]) / np.log2(np.arange(2, 12))).sum(axis=1)
    chance = (1 / np.log2(np.arange(2, 12))).sum() / n_items
    assert abs(ndcg.mean() - chance) < 4 * 0.05 / n_queries**0.5  # four standard errors
