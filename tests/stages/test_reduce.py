from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from itemvec.core.columns import QRELS, QUERIES
from itemvec.protocol.query_split import places
from itemvec.reducers import REDUCERS, Sample, Transform
from itemvec.stages.decompose import decompose
from itemvec.stages.reduce import Interactions, Judging, _trial, deciding, reduce_vectors
from itemvec.store import Block, open_vectors, write_database


@pytest.fixture
def source(tmp_path: Path, rng: np.random.Generator) -> Path:
    vectors = rng.standard_normal((60, 8), dtype=np.float32)
    ids = pa.array([f"i{row}" for row in range(60)])
    tables = {"items": (8, [Block(ids, vectors)]), "queries": (8, [Block(ids[:5], vectors[:5] + 1)])}
    write_database(tmp_path / "full", tables)
    return tmp_path / "full.digest"


def test_items_and_queries_go_through_the_same_map(source: Path, tmp_path: Path) -> None:
    reducer = REDUCERS.build("pca", {"kind": "pca", "dim": 3})
    facts = reduce_vectors(reducer, source, tmp_path / "small", seed=1)
    assert facts == {"dim": 3, "bytes_per_item": 3 * 4}
    before = {name: open_vectors(source, name).load() for name in ("items", "queries")}
    transform = reducer.fit(Sample([before["items"].vectors]), np.random.default_rng(1))
    for name, (ids, vectors) in before.items():
        after = open_vectors(tmp_path / "small.digest", name).load()
        assert after.ids.equals(ids)
        assert after.vectors == pytest.approx(transform(vectors), abs=1e-6)


def test_identity_has_the_digest_of_its_source(source: Path, tmp_path: Path) -> None:
    reduce_vectors(REDUCERS.build("full", {"kind": "identity"}), source, tmp_path / "same", seed=1)
    assert (tmp_path / "same.digest").read_text() == source.read_text()


def test_moments_made_before_give_the_same_variant(source: Path, tmp_path: Path) -> None:
    reducer = REDUCERS.build("pca", {"kind": "pca", "dim": 3})
    assert decompose(source, tmp_path / "moments.digest").n == 60
    reduce_vectors(reducer, source, tmp_path / "anew", seed=1)
    reduce_vectors(reducer, source, tmp_path / "known", seed=1, moments=tmp_path / "moments.digest")
    assert (tmp_path / "known.digest").read_text() == (tmp_path / "anew.digest").read_text()


def test_what_a_quantised_item_takes_is_told(source: Path, tmp_path: Path) -> None:
    """Eight bits are a byte, and the queries stay floats."""
    reducer = REDUCERS.build("binary", {"kind": "quantize", "to": "binary"})
    assert reduce_vectors(reducer, source, tmp_path / "bits", seed=1) == {"dim": 8, "bytes_per_item": 1}
    items, queries = (open_vectors(tmp_path / "bits.digest", name).load().vectors for name in ("items", "queries"))
    assert np.abs(items) == pytest.approx(np.full((60, 8), 8**-0.5))
    assert (queries == open_vectors(source, "queries").load().vectors).all()


def test_a_reduction_that_asks_sees_one_half_of_the_judgments(source: Path, tmp_path: Path) -> None:
    ids = [f"i{row}" for row in range(5)]
    pq.write_table(pa.table([ids, ["?"] * 5, ["given"] * 5], schema=QUERIES), tmp_path / "q")
    pq.write_table(pa.table([["i0", "i1", "i4"], ["i0", "i1", "i4"], [1.0] * 3], schema=QRELS), tmp_path / "r")
    seen = []

    class Asking:
        def fit(self, sample: Sample, rng: np.random.Generator) -> Transform:
            assert sample.trial is not None
            seen.append(sample.trial())
            return Transform.floats(8, lambda vectors: vectors)

    reduce_vectors(Asking(), source, tmp_path / "x", seed=1, judging=Judging(tmp_path / "q", tmp_path / "r"))
    queries = open_vectors(source, "queries").load().vectors
    half = places(pa.array(["i0", "i1", "i4"])) < 0.5
    assert 0 < half.sum() < 3
    assert (seen[0].queries == queries[[0, 1, 4]][half]).all()
    assert seen[0].judged.items.tolist() == np.array([0, 1, 4])[half].tolist()


@pytest.mark.parametrize(
    ("parts", "learnt"),
    [
        (["train", "train", "train", "test", "test"], [0, 1]),  # i2 has the vector of i4
        (["test", "train", "train", "train", "test"], [1]),
    ],
)
def test_what_the_test_asks_is_not_learnt_by_heart(
    tmp_path: Path, rng: np.random.Generator, parts: list[str], learnt: list[int]
) -> None:
    vectors = rng.standard_normal((5, 8), dtype=np.float32)
    vectors[2] = vectors[4]
    ids = pa.array([f"i{row}" for row in range(5)])
    write_database(tmp_path / "v", {name: (8, [Block(ids, vectors)]) for name in ("items", "queries")})
    queries = pa.table([ids, ["?"] * 5, ["given"] * 5], schema=QUERIES).append_column("split", pa.array(parts))
    pq.write_table(queries, tmp_path / "q")
    judged = pa.array(["i0", "i1", "i2", "i4"])
    pq.write_table(pa.table([judged, judged, [1.0] * 4], schema=QRELS), tmp_path / "r")
    found = _trial(tmp_path / "v.digest", Judging(tmp_path / "q", tmp_path / "r"))
    assert (found.queries == vectors[learnt]).all()
    assert found.judged.items.tolist() == learnt


def test_queries_for_testing_decide_nothing() -> None:
    ids = pa.array(["a", "b", "c", "d"])
    table = pa.table({"query_id": ids, "split": ["test", "train", "validation", "test"]})
    assert deciding(table, ids.take(pa.array([0, 1, 2])), "given").tolist() == [False, True, True]


def test_where_all_queries_test_the_half_decides_that_a_share_for_validation_would_take() -> None:
    ids = pa.array([f"q{number}" for number in range(100)])
    table = pa.table({"query_id": ids})
    assert 30 < deciding(table, ids, "given").sum() < 70
    assert (deciding(table, ids, "given") == deciding(table, ids, {"validation": 0.5})).all()
    assert 0 < deciding(table, ids, {"validation": 0.1}).sum() < 30


def test_histories_end_before_validation_and_test(source: Path, tmp_path: Path) -> None:
    """Of each user with three items or more, the last two are for validation and test; nobody learns from them."""
    had = {"a": [3, 1, 2, 0], "b": [5, 4], "c": [7, 7, 8, 9, 6]}
    rows = [(user, f"i{item}", time) for user, items in had.items() for time, item in enumerate(items)]
    columns = dict(zip(("user_id", "item_id", "timestamp"), map(list, zip(*rows, strict=True)), strict=True))
    pq.write_table(pa.table(columns), tmp_path / "log.parquet")
    seen = []

    class Asking:
        def fit(self, sample: Sample, rng: np.random.Generator) -> Transform:
            assert sample.interactions is not None
            seen.append(sample.interactions())
            return REDUCERS.build("full", {"kind": "identity"}).fit(sample, rng)

    reduce_vectors(Asking(), source, tmp_path / "x", seed=1, interactions=Interactions(tmp_path / "log.parquet"))
    (found,) = seen
    assert found.shape == (3, 60)
    assert [np.flatnonzero(row).tolist() for row in found.toarray()] == [[1, 3], [4, 5], [7, 8]]
    assert found.data.tolist() == [1] * 6
