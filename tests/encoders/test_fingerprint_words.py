"""Vectors that are made of words change with how words are found, and no others do."""

import importlib.metadata
import inspect
from pathlib import Path
from typing import Any

import pytest

from itemvec.core import words as words_module
from itemvec.encoders import Corpus
from itemvec.encoders import sentence_transformer as module
from itemvec.encoders.hashing import HashingEncoder
from itemvec.encoders.lsa import LsaEncoder
from itemvec.encoders.sentence_transformer import SentenceTransformerEncoder
from itemvec.models.checkpoint import Checkpoint
from tests.encoders.test_fingerprint import both


@pytest.fixture(autouse=True)
def _checkpoints(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "resolve", lambda *_: Checkpoint(Path("nowhere"), "a-commit"))


@pytest.mark.parametrize("encoder", [HashingEncoder(64), LsaEncoder(3)])
def test_how_words_are_found_counts_where_words_are_counted(
    corpus: Corpus, monkeypatch: pytest.MonkeyPatch, encoder: Any
) -> None:
    real, minilm = inspect.getsource, SentenceTransformerEncoder("mine", 8)
    before, other = both(encoder, corpus), both(minilm, corpus)
    monkeypatch.setattr("inspect.getsource", lambda one: real(one) + "\nNEW = 1" * one.__name__.endswith("core.words"))
    assert set(before).isdisjoint(both(encoder, corpus))
    assert other == both(minilm, corpus)


@pytest.mark.parametrize("encoder", [HashingEncoder(64), LsaEncoder(3)])
@pytest.mark.parametrize("library", ["regex", "PyStemmer", "bm25s"])
def test_another_release_of_what_finds_words_counts(
    corpus: Corpus, monkeypatch: pytest.MonkeyPatch, encoder: Any, library: str
) -> None:
    before, real = both(encoder, corpus), importlib.metadata.version
    monkeypatch.setattr(words_module, "version", lambda name: "0" if name == library else real(name))
    assert set(before).isdisjoint(both(encoder, corpus))
