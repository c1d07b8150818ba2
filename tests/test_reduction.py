from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from itemvec.reducers import REDUCERS
from itemvec.reduction import reduce_vectors
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
    transform = reducer.fit([before["items"].vectors], np.random.default_rng(1))
    for name, (ids, vectors) in before.items():
        after = open_vectors(tmp_path / "small.digest", name).load()
        assert after.ids.equals(ids)
        assert after.vectors == pytest.approx(transform(vectors), abs=1e-6)


def test_identity_has_the_digest_of_its_source(source: Path, tmp_path: Path) -> None:
    reduce_vectors(REDUCERS.build("full", {"kind": "identity"}), source, tmp_path / "same", seed=1)
    assert (tmp_path / "same.digest").read_text() == source.read_text()
