"""A cache that serves a stale vector is the known bug of this field: all that changes vectors changes this."""

import importlib.metadata
import inspect
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest

from itemvec.encoders import ENCODERS, Corpus, Role, backends, fingerprint
from itemvec.encoders import hashing as hashing_module
from itemvec.encoders import sentence_transformer as module
from itemvec.encoders.api import ApiEncoder
from itemvec.encoders.backends import BACKENDS
from itemvec.encoders.hashing import HashingEncoder
from itemvec.encoders.lsa import LsaEncoder
from itemvec.encoders.sentence_transformer import SentenceTransformerEncoder
from itemvec.models.checkpoint import Checkpoint
from tests.conftest import ROOT
from tests.encoders.conftest import TEXTS, corpus_of

COMMIT = "0123456789" * 4
ENCODERS_AND_CHANGES: list[tuple[Any, dict[str, Any]]] = [
    (
        ApiEncoder("words", "https://one/v1", 8),
        {
            "checkpoint": "other",
            "url": "https://another/v1",
            "dim": 9,
            "revision": "since May",
            "item_prompt": "passage: ",
            "query_prompt": "query: ",
            "body": {"truncation": False},
            "item_body": {"input_type": "document"},
            "query_body": {"input_type": "query"},
            "normalize": False,
            "key_variable": "KEY",
            "price": 0.02,
            "batch_texts": 1,
            "batch_tokens": 1,
            "requests_per_minute": 1,
            "parallel": 1,
        },
    ),
    (HashingEncoder(64), {"dim": 65}),
    (LsaEncoder(3), {"dim": 2, "stop_words": None, "stemmer": "english", "seed": 1}),
    (
        SentenceTransformerEncoder("mine", 8, revision=COMMIT),
        {
            "checkpoint": "other",
            "dim": 9,
            "revision": COMMIT[::-1],
            "item_prompt": "passage: ",
            "query_prompt": "query: ",
            "own_prompts": False,
            "max_tokens": 64,
            "backend": "openvino",
            "dtype": "bfloat16",
            "normalize": False,
            "suffix": "</s>",
            "pooling": "cls",
            "pool_prompt": False,
            "config": {"is_causal": False},
            "licence": "MIT",
            "parameters": 10,
            "network": "decoder",
            "trust_remote_code": True,
        },
    ),
    (SentenceTransformerEncoder("mine", 8, revision=COMMIT, trust_remote_code=True), {"code": f"code@{COMMIT}"}),
    (
        SentenceTransformerEncoder("mine", 8, backend="openvino", dtype="int8"),
        {"dtype": "float32", "calibration": str(ROOT / "README.md")},
    ),
]
ASIDE = {
    *("licence", "parameters", "network"),
    *("key_variable", "price", "batch_texts", "batch_tokens", "requests_per_minute", "parallel"),
}


@pytest.fixture(autouse=True)
def _checkpoints(monkeypatch: pytest.MonkeyPatch) -> None:
    """Checkpoints that resolve to one commit, whatever they are called: only what the test changes may count."""
    monkeypatch.setattr(module, "resolve", lambda *_: Checkpoint(Path("nowhere"), "a-commit"))


def both(encoder: Any, corpus: Corpus) -> list[str]:
    roles: tuple[Role, Role] = ("item", "query")
    return [fingerprint(encoder, role, encoder.identity(corpus)) for role in roles]


def test_every_option_of_every_kind_is_tried() -> None:
    assert {type(encoder) for encoder, _ in ENCODERS_AND_CHANGES} == set(ENCODERS._kinds.values())
    for kind in ENCODERS._kinds.values():
        tried = set().union(*(changes for encoder, changes in ENCODERS_AND_CHANGES if type(encoder) is kind))
        assert tried == {field.name for field in fields(kind)}


@pytest.mark.parametrize(
    ("encoder", "option", "value"),
    [(encoder, *change) for encoder, changes in ENCODERS_AND_CHANGES for change in changes.items()],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_every_option_changes_it(encoder: Any, option: str, value: Any, corpus: Corpus) -> None:
    before, after = both(encoder, corpus), both(replace(encoder, **{option: value}), corpus)
    changed = [first != second for first, second in zip(before, after, strict=True)]
    expected = [not option.startswith("query_"), not option.startswith("item_")]
    assert changed == ([False, False] if option in ASIDE else expected)


def test_the_role_changes_it(corpus: Corpus) -> None:
    item, query = both(HashingEncoder(64), corpus)
    assert item != query


def test_another_commit_changes_it(corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    encoder = SentenceTransformerEncoder("mine", 8)
    before = both(encoder, corpus)
    monkeypatch.setattr(module, "resolve", lambda *_: Checkpoint(Path("nowhere"), "another-commit"))
    assert set(before).isdisjoint(both(encoder, corpus))


@pytest.mark.parametrize("library", module.LIBRARIES)
def test_another_release_of_a_library_changes_it(corpus: Corpus, monkeypatch: pytest.MonkeyPatch, library: str) -> None:
    encoder, real = SentenceTransformerEncoder("mine", 8), importlib.metadata.version
    before = both(encoder, corpus)
    monkeypatch.setattr(module, "version", lambda name: "0" if name == library else real(name))
    assert set(before).isdisjoint(both(encoder, corpus))


@pytest.mark.parametrize(("backend", "packages"), [(name, one.packages) for name, one in BACKENDS.items()])
def test_another_release_of_a_backend_changes_it_where_it_is_used(
    corpus: Corpus, monkeypatch: pytest.MonkeyPatch, backend: Any, packages: tuple[str, ...]
) -> None:
    encoder, real = SentenceTransformerEncoder("mine", 8, backend=backend), importlib.metadata.version
    before = both(encoder, corpus)
    for package in {name for one in BACKENDS.values() for name in one.packages}:
        monkeypatch.setattr(backends, "version", lambda name, new=package: "0" if name == new else real(name))
        assert (both(encoder, corpus) != before) is (package in packages)


def test_another_calibration_changes_it_by_its_content(corpus: Corpus, tmp_path: Path) -> None:
    path = tmp_path / "texts.txt"
    encoder = SentenceTransformerEncoder("mine", 8, backend="openvino", dtype="int8", calibration=str(path))
    path.write_text("\n".join("abcdefgh"))
    before = both(encoder, corpus)
    path.write_text("\n".join("abcdefgi"))
    assert set(before).isdisjoint(both(encoder, corpus))


def test_the_prompt_of_items_changes_queries_in_int8_alone(corpus: Corpus) -> None:
    """For it is calibrated with that prompt."""
    smaller = SentenceTransformerEncoder("mine", 8, backend="openvino", dtype="bfloat16")
    for encoder, is_changed in ((smaller, False), (replace(smaller, dtype="int8"), True)):
        before, after = both(encoder, corpus), both(replace(encoder, item_prompt="passage: "), corpus)
        assert [first != second for first, second in zip(before, after, strict=True)] == [True, is_changed]


def test_what_a_fitted_encoder_was_fitted_on_changes_it(corpus: Corpus, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    other = corpus_of(tmp_path / "other", [*TEXTS[:-1], "a new text"])
    assert set(both(LsaEncoder(3), corpus)).isdisjoint(both(LsaEncoder(3), other))
    assert both(HashingEncoder(64), corpus) == both(HashingEncoder(64), other)  # which is not fitted


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        ('input_type="string"', 'input_type="pair"', False),
        ("        return Plain(encode)", "        # a remark\n\n        return  Plain(encode)", True),
        ("Encoder by feature hashing", "An encoder by hashing", True),
        ("Nothing to load.", "There is nothing to load.", True),
    ],
)
def test_code_counts_and_remarks_do_not(
    corpus: Corpus, monkeypatch: pytest.MonkeyPatch, old: str, new: str, same: bool
) -> None:
    before = both(HashingEncoder(64), corpus)
    real, source = inspect.getsource, inspect.getsource(hashing_module)
    assert old in source
    changed = source.replace(old, new)
    monkeypatch.setattr("inspect.getsource", lambda one: changed if one is hashing_module else real(one))
    assert (both(HashingEncoder(64), corpus) == before) is same


@pytest.mark.parametrize("module", ["tokenization", "packed_attention", "backends", "openvino", "loading", "runtime"])
def test_code_that_a_kind_imports_counts(corpus: Corpus, monkeypatch: pytest.MonkeyPatch, module: str) -> None:
    encoder, real = SentenceTransformerEncoder("mine", 8), inspect.getsource
    before = both(encoder, corpus)
    monkeypatch.setattr("inspect.getsource", lambda one: real(one) + "\nNEW = 1" * (one.__name__.endswith(module)))
    assert set(before).isdisjoint(both(encoder, corpus))
