from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from itemvec.core.errors import ItemvecError, ParamsError
from itemvec.encoders import ENCODERS, CachedEncoder, Corpus
from tests.conftest import ENCODER_ROWS, unit
from tests.encoders.conftest import TEXTS, vectors_of
from tests.encoders.embedding_server import DIM, Fault, Server, words

MANY = [f"item number {row}" for row in range(10, 35)]


def build(**options: Any) -> Any:
    return ENCODERS.build("mine", ENCODER_ROWS["api"] | options)


def test_what_is_sent_and_what_comes_back(server: Server, corpus: Corpus) -> None:
    found = vectors_of(build(), corpus, TEXTS)
    assert found == pytest.approx(unit(np.array([words(text) for text in TEXTS])), abs=1e-6)
    assert server.asked == [{"model": "words", "input": TEXTS}]


def test_vectors_may_keep_their_length_and_come_in_base64(server: Server, corpus: Corpus) -> None:
    body = {"encoding_format": "base64", "dimensions": DIM}
    found = vectors_of(build(normalize=False, body=body), corpus, ["a a a b"])
    assert (found == words("a a a b")).all()
    assert server.asked == [{"model": "words", "input": ["a a a b"], **body}]


def test_each_role_has_its_prompt_and_its_body(server: Server, corpus: Corpus) -> None:
    encoder = build(
        item_prompt="passage: ",
        query_prompt="query: ",
        item_body={"input_type": "document"},
        query_body={"input_type": "query"},
    )
    vectors_of(encoder, corpus, ["a hat"], "item")
    vectors_of(encoder, corpus, ["a hat"], "query")
    assert [(body["input"], body["input_type"]) for body in server.asked] == [
        (["passage: a hat"], "document"),
        (["query: a hat"], "query"),
    ]


@pytest.mark.parametrize(
    ("limits", "sizes"),
    [
        ({"batch_texts": 10}, [5, 10, 10]),
        ({"batch_tokens": 5 * 5}, [5] * 5),  # "item number 24" has 14 bytes: 5 tokens by the estimate
        ({"batch_tokens": 1}, [1] * 25),  # a text that is more than a batch goes alone
        ({}, [25]),
    ],
)
def test_batches_keep_to_the_limits(server: Server, corpus: Corpus, limits: dict[str, int], sizes: list[int]) -> None:
    found = vectors_of(build(parallel=3, **limits), corpus, MANY)
    assert sorted(len(body["input"]) for body in server.asked) == sizes
    assert sorted(server.texts) == sorted(MANY)
    assert found == pytest.approx(unit(np.array([words(text) for text in MANY])), abs=1e-6)


def test_tokens_that_were_billed_are_shared_by_length(server: Server, corpus: Corpus) -> None:
    loaded = build().load(corpus)
    texts = ["aa", "b b b b b", "c"]  # 1 + 5 + 1 words; after one each, 4 are left for 2 + 9 + 1 bytes
    prepared = loaded.prepare(texts, "item")
    assert prepared.tokens.tolist() == [0, 0, 0]
    for rows, _ in loaded.encode(prepared):
        assert prepared.tokens[rows].sum() == 7
    assert prepared.tokens.tolist() == prepared.kept.tolist() == [1 + 1, 1 + 3, 1]


def test_what_is_cached_needs_neither_server_nor_key(
    server: Server, corpus: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = CachedEncoder(build(), corpus, str(tmp_path))
    assert first.fill([pa.array(TEXTS)], "item") == 5
    assert first.tokens == 15
    monkeypatch.delenv(ENCODER_ROWS["api"]["key_variable"])
    server.reset()
    again = CachedEncoder(build(batch_texts=2, price=0.1, requests_per_minute=1), corpus, str(tmp_path))
    assert again.fill([pa.array(TEXTS)], "item") == 0
    assert (again.read(pa.array(TEXTS), "item").vectors == first.read(pa.array(TEXTS), "item").vectors).all()
    assert server.asked == []


def test_after_an_error_no_request_is_begun_and_what_was_answered_is_kept(
    server: Server, corpus: Corpus, tmp_path: Path
) -> None:
    def spoil(answer: Any) -> Any:
        return answer if len(server.asked) != 3 else {}

    server.spoil = spoil
    encoder = build(batch_texts=1, parallel=1)
    with pytest.raises(ItemvecError, match="no list of embeddings"):
        CachedEncoder(encoder, corpus, str(tmp_path)).fill([pa.array(MANY)], "item")
    answered = len(server.asked) - 1
    assert answered in (2, 3)  # one may have begun
    server.reset()
    assert CachedEncoder(encoder, corpus, str(tmp_path)).fill([pa.array(MANY)], "item") == len(MANY) - answered


def test_a_text_that_is_too_long_is_shown(server: Server, corpus: Corpus) -> None:
    server.faults = [Fault(400, "at most 8192 tokens")]
    with pytest.raises(
        ParamsError, match=r"400: at most 8192 tokens; .*the longest text, of 17 bytes: 'green garden hose'"
    ):
        vectors_of(build(), corpus, ["hat", "green garden hose"])


def test_a_missing_key_is_named_before_anything_is_sent(
    server: Server, corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(ENCODER_ROWS["api"]["key_variable"])
    with pytest.raises(ParamsError, match="model 'words': set the environment variable ITEMVEC_TEST_KEY to the key of"):
        build().load(corpus)
    assert server.times == []


def test_a_wrong_key_is_named_and_not_shown(server: Server, corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ENCODER_ROWS["api"]["key_variable"], "another-key")
    with pytest.raises(ParamsError, match=r"status 401: .*check the key in ITEMVEC_TEST_KEY") as error:
        vectors_of(build(), corpus, TEXTS)
    assert "another-key" not in error.value.message
    assert len(server.times) == 1


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"url": "api.openai.com/v1"}, "url must be as https://host/v1"),
        ({"url": "https://host/v1?version=1"}, "url must be as https://host/v1"),
        ({"url": "https://me:secret@host/v1"}, "name an environment variable in key_variable"),
        ({"body": {"model": "x"}}, "body must not hold 'model'"),
        ({"query_body": {"input": "x"}}, "body must not hold 'input'"),
        ({"price": 0.0}, "option 'price' is 0.0"),
    ],
)
def test_a_row_that_cannot_work_is_refused(options: dict[str, Any], said: str) -> None:
    with pytest.raises(ParamsError, match=said) as error:
        build(**options)
    assert "secret" not in error.value.message
