"""Models that treat queries otherwise than documents: our vectors are those of sentence-transformers."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from itemvec.core.errors import ParamsError
from itemvec.encoders import Corpus, Role
from itemvec.encoders.sentence_transformer import SentenceTransformerEncoder
from tests.encoders import tiny
from tests.encoders.conftest import TEXTS, vectors_of


def heads(folder: Path, *tasks: str) -> None:
    """A transformer, and a layer for each task."""
    from sentence_transformers.sentence_transformer.modules import Dense

    tiny.bert_mean(folder / "plain")
    _save(folder, [*_read(folder / "plain")], {task: Dense(tiny.DIM, tiny.DIM) for task in tasks})


def tables(folder: Path, *tasks: str) -> None:
    """A table of token vectors for each task: the routes begin with the text."""
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding

    tiny.static(folder / "plain")
    tokenizer = _read(folder / "plain")[0].tokenizer
    _save(folder, [], {task: StaticEmbedding(tokenizer, embedding_dim=tiny.DIM) for task in tasks})


@pytest.mark.parametrize("build", [heads, tables])
def test_a_text_takes_the_route_of_its_role(tmp_path: Path, corpus: Corpus, build: Callable[..., None]) -> None:
    build(tmp_path, "query", "document")
    encoder, model = SentenceTransformerEncoder(str(tmp_path / "routed"), tiny.DIM), _read(tmp_path / "routed")
    expected: dict[Role, Any] = {"item": model.encode_document, "query": model.encode_query}
    found = {role: vectors_of(encoder, corpus, TEXTS, role) for role in expected}
    for role, encode in expected.items():
        assert found[role] == pytest.approx(encode(TEXTS, normalize_embeddings=True), abs=1e-6)
    assert np.abs(found["item"] - found["query"]).max() > 1e-3


@pytest.mark.parametrize("build", [heads, tables])
def test_a_role_without_a_route_is_refused(tmp_path: Path, corpus: Corpus, build: Callable[..., None]) -> None:
    build(tmp_path, "query", "passage")
    with pytest.raises(ParamsError, match=r"has routes, and none for a text of role item: .*task='passage'"):
        SentenceTransformerEncoder(str(tmp_path / "routed"), tiny.DIM).load(corpus)


def _read(folder: Path) -> Any:
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(str(folder), device="cpu")


def _save(folder: Path, first: list[Any], routes: dict[str, Any]) -> None:
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Router

    router = Router({task: [module] for task, module in routes.items()})
    SentenceTransformer(modules=[*first, router], device="cpu").save(str(folder / "routed"))
