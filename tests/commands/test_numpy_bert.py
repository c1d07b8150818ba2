"""Search of one query without torch: the same vectors, and only where they are the same."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from itemvec.commands.numpy_bert import numpy_bert
from itemvec.commands.search_box import SearchBox
from itemvec.encoders import ENCODERS, Corpus, LoadedEncoder, Role, encode
from itemvec.encoders.sentence_transformer import SentenceTransformerEncoder
from itemvec.store import Block, write_database
from tests.commands.test_search_box import IDS, TEXTS, finish
from tests.encoders.tiny import DIM, FAMILIES

LONG = "one more word " * 9  # more tokens than a tiny model takes
FIT = ("bert_mean", "bert_cls")


def row(folder: Path, **options: Any) -> SentenceTransformerEncoder:
    built = ENCODERS.build("tiny", {"kind": "sentence-transformer", "checkpoint": str(folder), "dim": DIM, **options})
    assert isinstance(built, SentenceTransformerEncoder)
    return built


@pytest.fixture(scope="module", params=FIT)
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place: Path = tmp_path_factory.mktemp("tiny") / request.param
    FAMILIES[request.param](place)
    return place


@pytest.mark.parametrize("options", [{}, {"query_prompt": "ask: ", "max_tokens": 20, "normalize": False}])
def test_vectors_are_those_of_torch(folder: Path, tmp_path: Path, options: dict[str, Any]) -> None:
    encoder = row(folder, **options)
    loaded, bert = encoder.load(Corpus(tmp_path)), numpy_bert(encoder)
    assert bert is not None
    texts = ["a black desk lamp", "é", LONG]
    roles: tuple[Role, Role] = ("item", "query")
    for role in roles:
        expected = np.empty((len(texts), DIM), np.float32)
        for rows, vectors in encode(loaded, loaded.prepare(texts, role), DIM):
            expected[rows] = vectors
        found = np.concatenate([bert(text, role) for text in texts])
        assert found.dtype == np.float32
        assert np.allclose(found, expected, atol=1e-5)


@pytest.mark.parametrize("family", ["bert_plain", "roberta_cls", "mpnet_mean", "t5_without_prompt", "static"])
def test_another_network_is_left_to_torch(family: str, tmp_path: Path) -> None:
    FAMILIES[family](tmp_path / "tiny")
    assert numpy_bert(row(tmp_path / "tiny")) is None


def test_what_changes_how_a_text_is_read_is_left_to_torch(folder: Path) -> None:
    encoder = row(folder)
    for options in ({"suffix": "!"}, {"pooling": "cls"}, {"pool_prompt": False}, {"config": {"hidden_act": "relu"}}):
        assert numpy_bert(replace(encoder, **options)) is None


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("1_Pooling/config.json", '{"pooling_mode": "mean", "include_prompt": false}'),
        ("1_Pooling/config.json", '{"pooling_mode_mean_tokens": true, "pooling_mode_max_tokens": true}'),
        ("config.json", '{"model_type": "bert", "hidden_act": "relu"}'),
        ("config.json", "damaged"),
        ("modules.json", "[]"),
        ("config.json", '{"model_type": "bert", "num_hidden_layers": 2, "num_attention_heads": 2}'),
        ("tokenizer.json", "{"),
        ("tokenizer.json", '{"version": "1.0"}'),
        ("tokenizer_config.json", '{"tokenizer_class": "TokenizersBackend", "truncation_side": "left"}'),
        ("tokenizer_config.json", '{"tokenizer_class": "BertTokenizer"}'),  # lower case, where tokenizer.json keeps it
        (
            "tokenizer_config.json",
            '{"tokenizer_class": "TokenizersBackend", "added_tokens_decoder": {"9": {"content": "lamp"}}}',
        ),
        ("sentence_bert_config.json", '{"max_seq_length": 48, "do_lower_case": true}'),
        ("model.safetensors", "cut"),
    ],
)
def test_a_checkpoint_that_says_otherwise_is_left_to_torch(folder: Path, name: str, content: str) -> None:
    path = folder / name
    kept = path.read_bytes()
    path.write_text(content)
    assert numpy_bert(row(folder)) is None
    path.write_bytes(kept)
    assert numpy_bert(row(folder)) is not None


def test_it_is_used_where_it_gives_the_stored_vectors_alone(folder: Path, tmp_path: Path) -> None:
    options = {"kind": "sentence-transformer", "checkpoint": str(folder), "dim": DIM}
    params = finish(tmp_path, options, variants=["full"])
    read: list[str] = []
    load = SentenceTransformerEncoder.load

    def noted(self: SentenceTransformerEncoder, corpus: Corpus) -> LoadedEncoder:
        read.append("weights")
        return load(self, corpus)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SentenceTransformerEncoder, "load", noted)
        without = SearchBox(tmp_path, params)
        assert not read
        for dim in (DIM, DIM + 1):  # another model wrote them, perhaps of another width
            other = np.roll(np.eye(len(IDS), dim, dtype=np.float32), 1, axis=1)
            table = (dim, [Block(without.ids, other)])
            for name in ("embeddings", "vectors/full"):
                write_database(tmp_path / "artifacts" / name, {"items": table, "queries": (dim, [])})
            SearchBox(tmp_path, params)
    assert read == ["weights", "weights"]


def test_the_command_imports_neither_torch_nor_the_client_of_a_server(tmp_path: Path) -> None:
    FAMILIES["bert_cls"](tmp_path / "tiny")
    options = {"kind": "sentence-transformer", "checkpoint": str(tmp_path / "tiny"), "dim": DIM}
    finish(tmp_path, options, variants=["full"])
    command = [sys.executable, "-X", "importtime", "-m", "itemvec", "search", TEXTS[2], "-k", "1"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.split()[:3] == ["1", "1.0000", "i3"]
    imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines() if line.startswith("import time:")}
    assert "lancedb" in imported
    assert not imported & {"torch", "transformers", "sentence_transformers", "lance_namespace_urllib3_client.api"}
