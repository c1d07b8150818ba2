from collections.abc import Iterable

import numpy as np
import pyarrow as pa
import pytest

from itemvec.core.arrays import Floats
from itemvec.core.engine import Here, Stretch, stretches
from itemvec.core.top_k import TieOrder, Top
from itemvec.retrievers import Entries
from itemvec.retrievers.exact import Exact
from itemvec.retrievers.inner_products import Precision
from itemvec.retrievers.merged_tops import merged
from itemvec.retrievers.truncated_search import search_prefixes


class InStretches(Here):
    """Works on stretches of two blocks, one after the other."""

    def stretches(self, blocks: Iterable[Floats]) -> Iterable[Stretch]:
        return stretches(blocks, 2)


def test_the_best_of_all_stretches_come_first() -> None:
    left = Top(np.array([[3, 0]]), np.array([[0.9, 0.5]], dtype=np.float32))
    right = Top(np.array([[5, -1]]), np.array([[0.7, -np.inf]], dtype=np.float32))
    (top,) = merged(iter([[left], [right]]), 3, None)
    assert top.positions.tolist() == [[3, 5, 0]]
    assert top.scores.tolist() == [[np.float32(0.9), np.float32(0.7), 0.5]]
    assert merged(iter([[left]]), 2, None)[0] is left


def test_equal_scores_come_in_order_of_position() -> None:
    tops = [[Top(np.array([[position]]), np.array([[0.5]], dtype=np.float32))] for position in range(4)]
    assert merged(iter(tops), 2, None)[0].positions.tolist() == [[0, 1]]


def planted(rng: np.random.Generator, engine: Here) -> tuple[Entries, Entries]:
    """Whole numbers, so that many scores are equal and sums have no rounding."""
    items, queries = (rng.integers(-1, 2, size=(n, 6)).astype(np.float32) for n in (400, 30))
    ids = pa.array([f"i{row}" for row in range(400)]), pa.array([f"q{row}" for row in range(30)])
    return Entries(ids[0], None, np.array_split(items, 9), engine), Entries(ids[1], None, [queries])


@pytest.mark.parametrize("precision", ["float32", "bfloat16", "int8"])
def test_exact_search_finds_the_same_in_stretches(precision: Precision) -> None:
    tops = []
    for engine in (Here(), InStretches()):
        items, queries = planted(np.random.default_rng(0), engine)
        tops.append(Exact("dot", precision).index(items)(queries, 25))
    assert np.array_equal(tops[0].positions, tops[1].positions)
    assert np.array_equal(tops[0].scores, tops[1].scores)


def test_every_length_finds_the_same_in_stretches() -> None:
    found = []
    for engine in (Here(), InStretches()):
        items, queries = planted(np.random.default_rng(0), engine)
        asked, ties = np.concatenate(list(queries.blocks("test"))), TieOrder(items.ids).of(queries.ids)
        found.append(search_prefixes(asked, items.blocks("test"), [2, 5, 6], 25, "dot", ties, engine))
    for dim in (2, 5, 6):
        assert np.array_equal(found[0][dim].positions, found[1][dim].positions)
        assert np.array_equal(found[0][dim].scores, found[1][dim].scores)
