import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from itemvec.core.arrays import Floats, Ints
from itemvec.core.errors import ParamsError
from itemvec.core.top_k import NOTHING, TieOrder, top_k
from itemvec.retrievers import Entries
from itemvec.retrievers.exact import Exact
from itemvec.retrievers.lancedb import LanceDb
from tests.conftest import unit


def entries(vectors: Floats, texts: list[str] | None = None) -> Entries:
    ids = pa.array([str(row) for row in range(len(vectors))], pa.string())
    words = None if texts is None else pa.array(texts, pa.string())
    return Entries(ids, words, np.split(vectors, range(64, len(vectors), 64)))


@pytest.fixture(scope="module")
def clusters() -> tuple[Entries, Entries]:
    """600 items around 20 centres, and 20 queries beside the centres."""
    rng = np.random.default_rng(0)
    centres = rng.standard_normal((20, 32), dtype=np.float32)
    items = centres[np.arange(600) % 20] + 0.5 * rng.standard_normal((600, 32), dtype=np.float32)
    return entries(unit(items)), entries(unit(centres))


def recall(found: Ints, expected: Ints) -> float:
    return float(np.mean([len(set(a) & set(b)) / len(b) for a, b in zip(found, expected, strict=True)]))


def test_without_an_index_it_is_exact(clusters: tuple[Entries, Entries]) -> None:
    items, queries = clusters
    found, expected = (one.index(items)(queries, 10) for one in (LanceDb(index_type=None), Exact()))
    assert (found.positions == expected.positions).all()
    assert found.scores == pytest.approx(expected.scores, abs=1e-5)


@pytest.mark.parametrize("kind", ["IVF_PQ", "IVF_HNSW_SQ"])
def test_an_index_finds_nearly_the_same_with_effort(kind: str, clusters: tuple[Entries, Entries]) -> None:
    items, queries = clusters
    retriever = LanceDb(index_type=kind, partitions=4, probes=4, candidates=100, refine=10)  # type: ignore[arg-type]
    found = retriever.index(items)(queries, 10).positions
    assert recall(found, Exact().index(items)(queries, 10).positions) > 0.9


def test_fewer_probes_find_less(clusters: tuple[Entries, Entries]) -> None:
    items, queries = clusters
    expected = Exact().index(items)(queries, 100).positions
    few, all_of_them = (
        recall(
            LanceDb(index_type="IVF_FLAT", partitions=10, probes=probes).index(items)(queries, 100).positions, expected
        )
        for probes in (1, 10)
    )
    assert few < all_of_them == 1


def test_length_counts_for_dot_alone() -> None:
    items, query = entries(np.array([[1, 0], [9, 9]], dtype=np.float32)), entries(np.eye(2, dtype=np.float32)[:1])
    found = [LanceDb(similarity=one, index_type=None).index(items)(query, 1) for one in ("cosine", "dot")]
    assert [top.positions.tolist() for top in found] == [[[0]], [[1]]]


def test_texts_are_stemmed_and_what_shares_no_word_is_not_found() -> None:
    items = Entries(pa.array(["a", "b", "c"]), pa.array(["running shoes", "the shoe", "red hat"]))
    queries = Entries(pa.array(["p", "q", "r"]), pa.array(["run", "the", '"hat -(']))
    top = LanceDb(mode="text").index(items)(queries, 2)
    assert top.positions.tolist() == [[0, NOTHING], [NOTHING, NOTHING], [2, NOTHING]]
    plain = LanceDb(mode="text", language=None).index(items)(queries, 2)
    assert plain.positions.tolist() == [[NOTHING] * 2, [1, NOTHING], [2, NOTHING]]


@pytest.mark.parametrize("k", [5, 30])
@pytest.mark.parametrize("row", [LanceDb(mode="text"), LanceDb(index_type=None)], ids=lambda row: row.mode)
def test_equal_items_come_in_the_order_of_ties(row: LanceDb, k: int) -> None:
    """Those that LanceDB would leave out first among them."""
    items = entries(np.ones((30, 4), dtype=np.float32), ["lamp"] * 30)
    queries = entries(np.ones((3, 4), dtype=np.float32), ["lamp"] * 3)
    top = row.index(items)(queries, k)
    expected = top_k(np.zeros((3, 30), dtype=np.float32), k, TieOrder(items.ids).of(queries.ids))
    assert (top.positions == expected.positions).all()


def test_hybrid_puts_first_what_both_find() -> None:
    """Reciprocal ranks, 1 / (60 + rank): item 1 is second by vector and first by text, item 0 first by vector alone."""
    vectors = np.array([[1, 0], [0.9, 0.1], [0, 1]], dtype=np.float32)
    items = entries(vectors, ["hat", "lamp", "shoe"])
    top = LanceDb(mode="hybrid", index_type=None).index(items)(entries(vectors[:1], ["lamp"]), 3)
    assert top.positions.tolist() == [[1, 0, 2]]
    assert top.scores[0] == pytest.approx([1 / 62 + 1 / 61, 1 / 61, 1 / 63], rel=1e-5)


def test_hybrid_takes_a_query_without_words(clusters: tuple[Entries, Entries]) -> None:
    vectors = np.eye(3, dtype=np.float32)
    top = LanceDb(mode="hybrid").index(entries(vectors, ["hat", "lamp", "shoe"]))(entries(vectors[1:2], [" "]), 1)
    assert top.positions.tolist() == [[1]]


def test_no_items_and_no_queries() -> None:
    nothing, one = np.empty((0, 2), dtype=np.float32), np.ones((1, 2), dtype=np.float32)
    assert LanceDb().index(entries(nothing))(entries(one), 2).positions.tolist() == [[NOTHING] * 2]
    assert LanceDb().index(entries(one))(entries(nothing), 2).positions.shape == (0, 2)


def test_the_database_goes_with_the_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    retrieve = LanceDb(index_type=None).index(entries(np.eye(3, dtype=np.float32)))
    assert len(list(tmp_path.iterdir())) == 1
    del retrieve
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("row", "dim", "said"),
    [
        (LanceDb(index_type="IVF_RQ"), 12, "takes widths that 8 divides, not 12"),
        (LanceDb(index_type="IVF_PQ", sub_vectors=5), 12, "sub_vectors 5 does not divide the width 12"),
    ],
)
def test_a_width_that_the_index_cannot_take_is_refused(row: LanceDb, dim: int, said: str) -> None:
    with pytest.raises(ParamsError, match=said):
        row.index(entries(np.ones((300, dim), dtype=np.float32)))
    row.check_width(40)


@pytest.mark.parametrize("k", [5, 20, 45])
def test_the_cosine_of_zeros_is_zero_as_in_exact(k: int, rng: np.random.Generator) -> None:
    vectors = rng.standard_normal((40, 4), dtype=np.float32)
    vectors[[3, 17, 30]] = 0
    items, queries = entries(vectors), entries(vectors[:6])  # the fourth query is zero
    found, expected = (one.index(items)(queries, k) for one in (LanceDb(index_type=None), Exact()))
    assert (found.positions == expected.positions).all()
    assert np.nan_to_num(found.scores) == pytest.approx(np.nan_to_num(expected.scores), abs=1e-5)


@pytest.mark.parametrize(("kind", "refine"), [("IVF_FLAT", None), ("IVF_HNSW_SQ", 9), ("IVF_HNSW_SQ", None)])
def test_with_an_index_zeros_are_found_too(kind: Any, refine: int | None, rng: np.random.Generator) -> None:
    """At 0 where scores are cosines, and last where an index only orders."""
    vectors = rng.standard_normal((300, 8), dtype=np.float32)
    vectors[3] = 0
    items, queries = entries(vectors), entries(vectors[[5, 3]])
    row = LanceDb(index_type=kind, partitions=1, candidates=3000, refine=refine)
    top = row.index(items)(queries, 300)
    (place,) = np.flatnonzero(top.positions[0] == 3)
    expected = Exact().index(items)(queries, 300)
    is_last = kind == "IVF_HNSW_SQ" and refine is None
    assert place == (np.count_nonzero(top.positions[0] >= 0) - 1 if is_last else np.argmax(expected.positions[0] == 3))
    assert (top.positions[1] == expected.positions[1]).all()


ALIKE = """
import numpy as np, pyarrow as pa
from itemvec.retrievers import RETRIEVERS, Entries
vectors = np.repeat(np.eye(8, 16, dtype=np.float32), 40, axis=0)
items = Entries(pa.array([str(row) for row in range(320)]), None, [vectors])
RETRIEVERS.build("mine", {"kind": "lancedb", "index_type": "IVF_PQ"}).index(items)
"""


def test_an_index_on_many_equal_vectors_says_nothing() -> None:
    """LanceDB warns in every round of k-means; its logger reads the environment when it is imported."""
    ended = subprocess.run([sys.executable, "-c", ALIKE], capture_output=True, text=True, check=True)
    assert "WARN" not in ended.stderr, ended.stderr[:400]
