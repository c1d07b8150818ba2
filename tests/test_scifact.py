"""The harness against a published figure: SciFact, by the same code that the stages embed and search run."""

import os
from pathlib import Path

import pytest

from itemvec.datasets import DATASETS
from itemvec.embedding import embed
from itemvec.encoders import ENCODERS
from itemvec.files import write_parquet
from itemvec.params import Params, SearchProtocol
from itemvec.retrievers import RETRIEVERS, Retriever
from itemvec.search import search
from tests.conftest import ROOT

SHARED = os.environ.get("ITEMVEC_SHARED_DATA")
pytestmark = [
    pytest.mark.shared_data,
    pytest.mark.skipif(not SHARED, reason="ITEMVEC_SHARED_DATA does not say where SciFact is"),
]
PROTOCOL = SearchProtocol(depth=100, metrics=["ndcg@10"])


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("scifact")
    loaded = DATASETS.build("scifact", {"kind": "beir"}).load(Path(SHARED or "") / "scifact")
    for name, table in vars(loaded).items():
        write_parquet(folder / f"{name}.parquet", table)
    return {name: folder / f"{name}.parquet" for name in vars(loaded)}


def ndcg(retriever: Retriever, tables: dict[str, Path], vectors: Path | None) -> float:
    found = search(retriever, tables, vectors, PROTOCOL, seed=1)
    assert found.summary["queries"] == 300
    return float(found.summary["ndcg@10"]["mean"])


def test_minilm_reaches_the_published_figure(tables: dict[str, Path], tmp_path: Path) -> None:
    """0.6451, re-measured with sentence-transformers alone: title + " " + text, 256 tokens, cosine."""
    params = Params.load(ROOT / "params.yaml")
    encoder = ENCODERS.build("minilm", params.models["minilm"])
    texts = {name: tables[name] for name in ("items", "queries")}
    embed(encoder, texts, ROOT / "expectations" / "vectors.json", str(tmp_path / "cache"), tmp_path / "full")
    found = ndcg(RETRIEVERS.build("exact", params.systems["exact"]), tables, tmp_path / "full.digest")
    assert found == pytest.approx(0.6451, abs=0.001)


def test_bm25_reaches_the_published_figure(tables: dict[str, Path]) -> None:
    """0.687, with bm25s: Lucene's variant, stems, English stop words."""
    row = Params.load(ROOT / "params.yaml").systems["bm25"]
    assert ndcg(RETRIEVERS.build("bm25", row), tables, None) == pytest.approx(0.687, abs=0.003)
