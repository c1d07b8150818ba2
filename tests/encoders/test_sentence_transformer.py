import socket
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from itemvec.core.errors import ItemvecError, ParamsError
from itemvec.encoders import Corpus, Role
from itemvec.encoders import sentence_transformer as module
from itemvec.encoders.sentence_transformer import SentenceTransformerEncoder
from itemvec.models.checkpoint import Checkpoint, resolve
from tests.conftest import ENCODER_ROWS
from tests.encoders import tiny
from tests.encoders.conftest import TEXTS, vectors_of

CHECKPOINT = str(ENCODER_ROWS["sentence-transformer"]["checkpoint"])
pytestmark = pytest.mark.weights


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> None:
        raise AssertionError("went to the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


def test_equals_sentence_transformers_own_encoding(corpus: Corpus) -> None:
    from sentence_transformers import SentenceTransformer

    expected = SentenceTransformer(str(resolve(CHECKPOINT).folder)).encode(TEXTS, normalize_embeddings=True)
    found = vectors_of(SentenceTransformerEncoder(CHECKPOINT, 384), corpus, TEXTS)
    assert found == pytest.approx(expected, abs=1e-6)


def test_a_prompt_goes_before_the_texts_of_its_role(corpus: Corpus) -> None:
    plain = SentenceTransformerEncoder(CHECKPOINT, 384)
    prompted = SentenceTransformerEncoder(CHECKPOINT, 384, query_prompt="query: ")
    expected_texts: dict[Role, str] = {"query": "query: a hat", "item": "a hat"}
    for role, text in expected_texts.items():
        found, expected = vectors_of(prompted, corpus, ["a hat"], role), vectors_of(plain, corpus, [text], role)
        assert found == pytest.approx(expected, abs=1e-5)


def test_texts_are_cut_at_max_tokens(corpus: Corpus) -> None:
    loaded = SentenceTransformerEncoder(CHECKPOINT, 384, max_tokens=4).load(corpus)  # [CLS] a hat [SEP]
    prepared = loaded.prepare(["a hat", "a hat and much more"], "item")
    assert prepared.tokens.tolist() == [4, 7]
    assert prepared.kept.tolist() == [4, 4]
    ((rows, vectors),) = loaded.encode(prepared)
    assert rows.tolist() == [0, 1]
    assert (vectors[0] == vectors[1]).all()


def test_a_dim_that_is_not_the_checkpoints_is_refused(corpus: Corpus) -> None:
    with pytest.raises(ParamsError, match="the row says dim 385, the checkpoint has 384"):
        SentenceTransformerEncoder(CHECKPOINT, 385).load(corpus)


@pytest.mark.parametrize("revision", [None, "main", "abc"])
def test_remote_code_needs_a_pinned_commit(revision: str | None) -> None:
    with pytest.raises(ParamsError, match="trust_remote_code needs a revision of 40 hexadecimal digits"):
        SentenceTransformerEncoder("org/name", 8, revision=revision, trust_remote_code=True)


def test_weights_as_a_pickle_are_refused(corpus: Corpus, tmp_path: Path) -> None:
    """A tiny model saved as safetensors loads; the same weights as pytorch_model.bin do not."""
    import torch
    from safetensors.torch import load_file
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import BertConfig, BertModel, BertTokenizer

    bert = tmp_path / "bert"
    config = BertConfig(vocab_size=100, hidden_size=8, num_hidden_layers=1, num_attention_heads=2, intermediate_size=8)
    BertModel(config).save_pretrained(bert)
    (bert / "vocab.txt").write_text("\n".join(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "hat"]))
    BertTokenizer(str(bert / "vocab.txt")).save_pretrained(bert)
    word = Transformer(str(bert))
    folder = tmp_path / "model"
    SentenceTransformer(modules=[word, Pooling(8)]).save(str(folder))
    assert vectors_of(SentenceTransformerEncoder(str(folder), 8), corpus, ["a hat"]).shape == (1, 8)

    weights = next(folder.rglob("model.safetensors"))
    torch.save(load_file(weights), weights.with_name("pytorch_model.bin"))
    weights.unlink()
    with pytest.raises(ParamsError, match=r"its files cannot be loaded: .*safetensors"):
        SentenceTransformerEncoder(str(folder), 8).load(corpus)


def test_a_folder_without_a_model_is_refused(corpus: Corpus, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(ParamsError, match="its files cannot be loaded"):
        SentenceTransformerEncoder(str(tmp_path / "empty"), 8).load(corpus)


def test_more_tokens_than_the_model_takes_are_refused(corpus: Corpus) -> None:
    with pytest.raises(ParamsError, match="max_tokens 513 is more than its 512"):
        SentenceTransformerEncoder(CHECKPOINT, 384, max_tokens=513).load(corpus)


def test_a_pinned_revision_is_the_one_that_is_read(corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def resolved(*arguments: Any) -> Checkpoint:
        asked.append(arguments)
        return Checkpoint(resolve(CHECKPOINT).folder, "a-commit")

    monkeypatch.setattr(module, "resolve", resolved)
    encoder = SentenceTransformerEncoder("org/name", 384, revision="abc")
    assert encoder.identity(corpus)["revision"] == "a-commit"
    encoder.load(corpus)
    assert asked == [("org/name", "abc", False)] * 2


def test_a_row_says_what_the_files_do_not(corpus: Corpus, tmp_path: Path) -> None:
    """Pooling, whether the prompt is pooled, direction of attention, and an end token."""
    tiny.qwen2_mean(tmp_path / "plain")
    plain = SentenceTransformerEncoder(str(tmp_path / "plain"), tiny.DIM)
    tiny.qwen2_last(tmp_path / "bidirectional")  # which appends its end token
    expected = vectors_of(SentenceTransformerEncoder(str(tmp_path / "bidirectional"), tiny.DIM), corpus, TEXTS)
    told = replace(plain, pooling="lasttoken", suffix="</s>", config={"is_causal": False})
    assert vectors_of(told, corpus, TEXTS) == pytest.approx(expected, abs=1e-6)

    tiny.t5_without_prompt(tmp_path / "without")
    tiny.t5_mean(tmp_path / "with")
    prompted, unprompted = (
        SentenceTransformerEncoder(str(tmp_path / name), tiny.DIM, item_prompt="about: ")
        for name in ("with", "without")
    )
    found = vectors_of(replace(prompted, pool_prompt=False), corpus, TEXTS)
    assert found == pytest.approx(vectors_of(unprompted, corpus, TEXTS), abs=1e-6)
    assert np.abs(found - vectors_of(prompted, corpus, TEXTS)).max() > 1e-3


def test_options_that_a_model_cannot_take_are_refused(corpus: Corpus, tmp_path: Path) -> None:
    tiny.static(tmp_path / "static")
    static = SentenceTransformerEncoder(str(tmp_path / "static"), tiny.DIM)
    with pytest.raises(ParamsError, match="it is not cut by tokens here; leave out max_tokens"):
        replace(static, max_tokens=8).load(corpus)
    with pytest.raises(ParamsError, match="it pools in its own way; leave out pooling and pool_prompt"):
        replace(static, pooling="cls").load(corpus)


def test_memory_that_runs_out_halves_the_batch(
    corpus: Corpus, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import torch

    encoder = SentenceTransformerEncoder(CHECKPOINT, 384)
    expected = vectors_of(encoder, corpus, TEXTS)
    loaded = encoder.load(corpus)
    real, most = loaded._vectors, 8  # type: ignore[attr-defined]

    def vectors(tokens: Any, rows: Any, role: Role) -> Any:
        if tokens.lengths[rows].sum() > most:
            raise torch.OutOfMemoryError("tried to allocate 2 GiB")
        return real(tokens, rows, role)

    monkeypatch.setattr(loaded, "_vectors", vectors)
    done = list(loaded.encode(loaded.prepare(TEXTS, "item")))
    order = np.concatenate([rows for rows, _ in done])
    assert sorted(order.tolist()) == list(range(len(TEXTS)))
    assert (np.concatenate([some for _, some in done]) == expected[order]).all()
    assert "out of memory; going on with 1,024 tokens in a batch" in capsys.readouterr().out
    most = 3
    with pytest.raises(ItemvecError, match=r"no memory for one text of 5 tokens \(tried .*; lower max_tokens"):
        list(loaded.encode(loaded.prepare(TEXTS, "item")))


def test_the_pooler_of_bert_is_a_dense_layer_and_tanh_on_the_first_token(corpus: Corpus, tmp_path: Path) -> None:
    """As ``pooler_output`` of transformers, which some code takes for the vector of a text."""
    import torch
    from sentence_transformers import SentenceTransformer

    folder = str(tmp_path / "bert")
    tiny.bert_plain(tmp_path / "bert")
    encoder = SentenceTransformerEncoder(folder, tiny.DIM, pooling="pooler", normalize=False)
    model = SentenceTransformer(folder, device="cpu")
    tokens = model.tokenizer(["a lamp"], return_tensors="pt")
    body: Any = model[0].auto_model
    with torch.inference_mode():
        wanted = body(**{name: tokens[name] for name in ("input_ids", "attention_mask")}).pooler_output
    assert vectors_of(encoder, corpus, ["a lamp"]) == pytest.approx(wanted.numpy(), abs=1e-5)
