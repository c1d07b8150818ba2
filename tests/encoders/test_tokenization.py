"""Where texts are cut. Tokens of the tiny models are bytes, so every limit is arithmetic."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from itemvec.core.errors import ParamsError
from itemvec.encoders import Corpus, runtime
from itemvec.encoders.int8_calibration import calibration_texts
from itemvec.encoders.sentence_transformer import SentenceTransformerEncoder
from itemvec.encoders.tokenization import tokenize
from tests.encoders import tiny
from tests.encoders.conftest import vectors_of

MARKS = {"bert_mean": 2, "qwen2_mean": 0, "qwen3_last": 1}  # tokens that each family puts around a text
SUFFIXES = [(" so", 3), ("</s>", 1), ("</s> so", 4)]  # each with its number of tokens


@pytest.fixture(params=MARKS)
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    tiny.FAMILIES[request.param](tmp_path / request.param)
    return tmp_path / str(request.param)


@pytest.fixture
def tokenizer(folder: Path) -> Any:
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(folder)


@pytest.mark.parametrize(("suffix", "length"), SUFFIXES)
def test_a_text_is_cut_before_its_suffix(folder: Path, tokenizer: Any, suffix: str, length: int) -> None:
    limit = MARKS[folder.name] + length + len("hat")
    texts = ["hats and more", "hats", "hat", "ha"]
    tokens, whole = tokenize(tokenizer, texts, suffix, limit)
    expected, _ = tokenize(tokenizer, ["hat", "hat", "hat", "ha"], suffix, limit=99)
    assert [ids.tolist() for ids in tokens.of(np.arange(4))] == [ids.tolist() for ids in expected.of(np.arange(4))]
    assert whole.tolist() == [MARKS[folder.name] + length + len(text) for text in texts]


def test_a_text_that_is_cut_at_its_beginning_keeps_the_suffix_too(tokenizer: Any) -> None:
    (expected,) = tokenize(tokenizer, ["hat"], " so", limit=99)[0].of(np.arange(1))
    tokenizer.truncation_side = "left"
    (found,) = tokenize(tokenizer, ["a hat"], " so", limit=len(expected))[0].of(np.arange(1))
    assert found.tolist() == expected.tolist()


def test_the_vector_of_a_text_that_is_cut_has_the_suffix(folder: Path, corpus: Corpus) -> None:
    limit = MARKS[folder.name] + len("hat so")
    encoder = SentenceTransformerEncoder(str(folder), tiny.DIM, suffix=" so", max_tokens=limit)
    cut, short = vectors_of(encoder, corpus, ["hats and more", "hat"])
    assert cut == pytest.approx(short, abs=1e-6)


def test_texts_to_calibrate_with_have_it_too(
    folder: Path, tokenizer: Any, corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Sequence[Any]] = []
    monkeypatch.setattr(runtime, "body_of", lambda _model, _backend, _dtype, samples: asked.append(samples))
    options: dict[str, Any] = {"suffix": " so", "max_tokens": 16, "backend": "openvino", "dtype": "int8"}
    SentenceTransformerEncoder(str(folder), tiny.DIM, **options).load(corpus)
    ((*samples,),) = asked
    assert len(samples) == len(calibration_texts(None))
    (expected,) = tokenize(tokenizer, ["hat"], " so", limit=99)[0].of(np.arange(1))
    assert {tuple(ids[-3:]) for ids in samples} == {tuple(expected[-3:])}


@pytest.mark.parametrize(("suffix", "length"), [("", 0), *SUFFIXES])
def test_a_limit_without_room_for_the_text_is_refused(folder: Path, corpus: Corpus, suffix: str, length: int) -> None:
    least = MARKS[folder.name] + length + 1
    loaded = SentenceTransformerEncoder(str(folder), tiny.DIM, suffix=suffix, max_tokens=least).load(corpus)
    assert loaded.prepare(["hat"], "item").kept.tolist() == [least]
    for limit in range(1, least):
        with pytest.raises(ParamsError, match=f"max_tokens {limit} leaves no room for a text; expected {least} or"):
            SentenceTransformerEncoder(str(folder), tiny.DIM, suffix=suffix, max_tokens=limit).load(corpus)
