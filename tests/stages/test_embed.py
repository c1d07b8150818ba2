from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from itemvec.core.arrays import Floats
from itemvec.core.columns import ITEMS, QUERIES
from itemvec.core.errors import ExpectationError, ItemvecError, TableError
from itemvec.core.files import write_parquet
from itemvec.encoders import ENCODERS, Corpus, LoadedEncoder, Plain, Role
from itemvec.stages.embed import embed
from itemvec.store import open_vectors
from tests.conftest import ROOT
from tests.encoders.conftest import vectors_of

SUITE = ROOT / "expectations" / "vectors.json"


def texts(folder: Path, n_items: int = 30, changed: str | None = None) -> dict[str, Path]:
    items = [f"item number {row} of words" for row in range(n_items)]
    if changed:
        items[3] = changed
    paths = {"items": folder / "items.parquet", "queries": folder / "queries.parquet"}
    write_parquet(paths["items"], pa.table([[f"i{row}" for row in range(n_items)], items], schema=ITEMS))
    queries = [["q1", "q2"], ["words", "number 7"], ["given"] * 2]
    write_parquet(paths["queries"], pa.table(queries, schema=QUERIES))
    return paths


def run(folder: Path, encoder: Any = None, **changes: Any) -> Any:
    encoder = encoder or ENCODERS.build("hashing", {"kind": "hashing", "dim": 32})
    return embed(encoder, texts(folder, **changes), SUITE, str(folder / "cache"), folder / "embeddings")


def test_items_and_queries_are_written_in_their_order(tmp_path: Path) -> None:
    facts = run(tmp_path)
    assert facts["dim"] == 32
    assert facts["rows"] == {"items": 30, "queries": 2}
    assert facts["encoder"]["libraries"]
    ids, vectors = open_vectors(tmp_path / "embeddings.digest", "items").load()
    assert ids.to_pylist() == [f"i{row}" for row in range(30)]
    encoder = ENCODERS.build("h", {"kind": "hashing", "dim": 32})
    expected = vectors_of(encoder, Corpus(tmp_path / "items.parquet"), ["item number 7 of words"])
    assert (vectors[7] == expected[0]).all()
    assert open_vectors(tmp_path / "embeddings.digest", "queries").rows == 2


def test_only_changed_texts_are_encoded_and_the_log_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(tmp_path)
    assert "items: encoded 30 of 30 texts" in capsys.readouterr().out
    before = (tmp_path / "embeddings.digest").read_text()
    run(tmp_path, changed="another text")
    assert "items: encoded 1 of 30 texts" in capsys.readouterr().out
    assert (tmp_path / "embeddings.digest").read_text() != before
    run(tmp_path)
    assert "items: encoded 0 of 30 texts" in capsys.readouterr().out
    assert (tmp_path / "embeddings.digest").read_text() == before


@dataclass(frozen=True)
class Broken:
    """An encoder that gives every text the same vector, NaN, zero, or one number too many."""

    fault: str
    dim: int = 4

    def identity(self, corpus: Corpus) -> Mapping[str, Any]:
        return {"fault": self.fault}

    def load(self, corpus: Corpus) -> LoadedEncoder:
        def encode(texts: Sequence[str], role: Role) -> Floats:
            vectors = np.random.default_rng(0).random((len(texts), 4), dtype=np.float32)
            if self.fault == "collapsed":
                vectors[:] = vectors[0]
            elif self.fault == "NaN":
                vectors[-1, 0] = np.nan
            elif self.fault == "zero":
                vectors[:] = 0
            return np.hstack([vectors, vectors[:, :1]]) if self.fault == "wide" else vectors

        return Plain(encode)


@pytest.mark.parametrize(
    ("fault", "error", "said"),
    [
        ("collapsed", ExpectationError, "vectors: column distance_to_first: .*all vectors are nearly equal"),
        ("NaN", TableError, "items: 1 vectors hold NaN or infinity, the first of 'i29'"),
        ("zero", ExpectationError, "vectors: column norm: 30 of 30 rows"),
        ("wide", ItemvecError, "the row says dim 4, the encoder gave 5"),
    ],
)
def test_bad_vectors_are_named_and_nothing_is_kept(
    tmp_path: Path, fault: str, error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said):
        run(tmp_path, Broken(fault))
    assert not list(tmp_path.glob("*embeddings*"))


def test_queries_may_be_few_and_alike_and_none(tmp_path: Path) -> None:
    paths = texts(tmp_path)
    encoder = ENCODERS.build("hashing", {"kind": "hashing", "dim": 32})
    for queries in (["same", "same"], ["!", "?"], []):  # punctuation has no words, so its vector is zero
        columns = [[f"q{row}" for row in range(len(queries))], queries, ["given"] * len(queries)]
        write_parquet(paths["queries"], pa.table(columns, schema=QUERIES))
        facts = embed(encoder, paths, SUITE, str(tmp_path / "cache"), tmp_path / "embeddings")
        assert facts["rows"]["queries"] == len(queries)


def test_one_text_alone_has_not_collapsed(tmp_path: Path) -> None:
    assert run(tmp_path, n_items=1)["rows"]["items"] == 1
