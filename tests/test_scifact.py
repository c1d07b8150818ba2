"""The harness against a published figure: SciFact, by the same code that the stages embed and search run."""

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.compute as pc
import pytest

from itemvec.core.files import read_parquet, write_parquet
from itemvec.core.params import Params, SearchProtocol
from itemvec.datasets import DATASETS
from itemvec.encoders import ENCODERS
from itemvec.protocol.evaluation import Evaluation
from itemvec.retrievers import RETRIEVERS
from itemvec.stages.embed import embed
from itemvec.stages.search import search
from itemvec.store import open_vectors
from tests.conftest import ROOT

SHARED = os.environ.get("ITEMVEC_SHARED_DATA")
pytestmark = [
    pytest.mark.shared_data,
    pytest.mark.skipif(not SHARED, reason="ITEMVEC_SHARED_DATA does not say where SciFact is"),
]
PARAMS = Params.load(ROOT / "params.yaml")
PROTOCOL = SearchProtocol(depth=100, metrics=["ndcg@10"])


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("scifact")
    loaded = DATASETS.build("scifact", {"kind": "beir"}).load(Path(SHARED or "") / "scifact")
    for name, table in vars(loaded).items():
        write_parquet(folder / f"{name}.parquet", table)
    return {name: folder / f"{name}.parquet" for name in vars(loaded)}


@pytest.fixture(scope="module")
def vectors(tables: dict[str, Path], tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Path:
    """Digest of the vectors of all-MiniLM-L6-v2: title + " " + text, 256 tokens.

    Encoding takes minutes, so the row cache lies in that of pytest and outlives the run; that it holds what is encoded
    today is shown on a hundredth of the items.
    """
    folder = tmp_path_factory.mktemp("vectors")
    kept = request.config.cache.mkdir("scifact") if request.config.cache else folder / "cache"
    encoded(tables, kept, folder / "full")
    items = read_parquet(tables["items"])
    write_parquet(folder / "items.parquet", items.take(list(range(0, len(items), 100))))
    encoded({**tables, "items": folder / "items.parquet"}, folder / "fresh", folder / "some")
    whole, some = (open_vectors(folder / f"{name}.digest", "items").load() for name in ("full", "some"))
    assert whole.vectors[::100] == pytest.approx(some.vectors, abs=1e-5)
    return folder / "full.digest"


def encoded(tables: dict[str, Path], cache: Path, database: Path) -> None:
    encoder = ENCODERS.build("minilm", PARAMS.models["minilm"])
    texts = {name: tables[name] for name in ("items", "queries")}
    embed(encoder, texts, ROOT / "expectations" / "vectors.json", str(cache), database)


def found(system: str, tables: dict[str, Path], vectors: Path | None, **protocol: Any) -> Evaluation:
    retriever = RETRIEVERS.build(system, PARAMS.systems[system])
    return search(retriever, tables, vectors, replace(PROTOCOL, **protocol), seed=1)


@pytest.fixture(scope="module")
def exact(tables: dict[str, Path], vectors: Path) -> Evaluation:
    return found("exact", tables, vectors)


@pytest.fixture(scope="module")
def bm25(tables: dict[str, Path]) -> Evaluation:
    return found("bm25", tables, None)


def ndcg(evaluation: Evaluation, among: Evaluation | None = None) -> float:
    """Mean over all queries, or over those of another evaluation."""
    measures = evaluation.measures
    asked = measures if among is None else measures.filter(pc.is_in(measures["id"], among.measures["id"]))
    return float(np.mean(asked["ndcg@10"]))


def test_minilm_reaches_the_published_figure(exact: Evaluation) -> None:
    """0.6451, re-measured with sentence-transformers alone: title + " " + text, 256 tokens, cosine."""
    assert exact.summary["queries"] == 300
    assert ndcg(exact) == pytest.approx(0.6451, abs=0.001)


def test_bm25_reaches_the_published_figure(bm25: Evaluation) -> None:
    """0.687, with bm25s: Lucene's variant, stems, English stop words."""
    assert bm25.summary["queries"] == 300
    assert ndcg(bm25) == pytest.approx(0.687, abs=0.003)


@pytest.mark.parametrize(("system", "split"), [("hybrid", "given"), ("hybrid-tuned", {"validation": 0.2})])
def test_a_hybrid_beats_what_it_is_made_of(
    system: str, split: Any, tables: dict[str, Path], vectors: Path, exact: Evaluation, bm25: Evaluation
) -> None:
    """By reciprocal ranks on all claims, by tuned weights on those that were not tuned on."""
    hybrid = found(system, tables, vectors, split=split)
    assert all(ndcg(hybrid) > ndcg(part, hybrid) + 0.02 for part in (exact, bm25))
    assert hybrid.summary["queries"] + hybrid.summary.get("queries_for_validation", 0) == 300
    if split != "given":
        assert 0.6 < hybrid.summary["chosen"]["weights"][0] < 0.95  # cosines differ little, seen from -1
