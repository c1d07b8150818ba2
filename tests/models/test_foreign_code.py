"""Code that comes with a checkpoint never runs, and nobody is asked whether it may, unless its row pins its files."""

import ast
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from itemvec.core.errors import ParamsError
from itemvec.encoders import ENCODERS, Corpus
from itemvec.models.checkpoint import resolve
from itemvec.rerankers import RERANKERS
from itemvec.rerankers.training import Schedule, _begin
from itemvec.retrievers.colbert import Colbert
from itemvec.retrievers.query_policy import QueryPolicy
from tests.conftest import ROOT
from tests.encoders.conftest import corpus_of
from tests.encoders.tiny import DIM, bert_mean

LOADERS = {"from_pretrained", "SentenceTransformer", "CrossEncoder", "MultiVectorEncoder", "pipeline"}
CODE = """
from pathlib import Path
from transformers import PretrainedConfig
Path({marker!r}).touch()
class Planted(PretrainedConfig):
    model_type = "planted"
"""


@pytest.fixture
def marker(tmp_path: Path) -> Path:
    return tmp_path / "code has run"


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    return corpus_of(tmp_path, ["a"])


@pytest.fixture
def planted(tmp_path: Path, marker: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A checkpoint that works only with its own code, where whoever is asked says yes."""

    monkeypatch.setattr("builtins.input", lambda *_: "y")
    folder = tmp_path / "planted"
    folder.mkdir()
    kinds = ["AutoConfig", "AutoModel", "AutoTokenizer", "AutoModelForCausalLM", "AutoModelForSequenceClassification"]
    config = {
        "model_type": "planted",
        "architectures": ["PlantedForCausalLM"],
        "auto_map": dict.fromkeys(kinds, "planted.Planted"),
    }
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "tokenizer_config.json").write_text(
        json.dumps({"auto_map": {"AutoTokenizer": ["planted.Planted", None]}})
    )
    (folder / "planted.py").write_text(CODE.format(marker=str(marker)))
    return str(folder)


def rewrite(folder: str, **changes: Any) -> None:
    path = Path(folder) / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def cross_encoder(folder: str, corpus: Corpus) -> object:
    rewrite(folder, architectures=["PlantedForSequenceClassification"])
    return RERANKERS.build("x", {"kind": "cross-encoder", "checkpoint": folder}).load()


def colbert(folder: str, corpus: Corpus) -> object:
    (Path(folder) / "config_sentence_transformers.json").write_text('{"model_type": "ColBERT"}')
    return Colbert(folder)._read()


def encoder(folder: str, corpus: Corpus) -> object:
    return ENCODERS.build("x", {"kind": "sentence-transformer", "checkpoint": folder, "dim": 8}).load(corpus)


def module(folder: str, corpus: Corpus) -> object:
    """As above, where a module of sentence-transformers is the checkpoint's own."""
    modules = [{"idx": 0, "name": "0", "path": "", "type": "planted.Planted"}]
    (Path(folder) / "modules.json").write_text(json.dumps(modules))
    return encoder(folder, corpus)


def yes_no(folder: str, corpus: Corpus) -> object:
    return RERANKERS.build("x", {"kind": "yes-no", "checkpoint": folder, "form": "qwen3"}).load()


def llm(folder: str, corpus: Corpus) -> object:
    return RERANKERS.build("x", {"kind": "llm", "checkpoint": folder}).load()


def rewriting(folder: str, corpus: Corpus) -> object:
    """The writer of query-policy is read when a query is first rewritten."""
    return QueryPolicy({"kind": "bm25"}, writer={"checkpoint": folder}).written.fewer(["a"])  # type: ignore[union-attr]


def training(folder: str, corpus: Corpus) -> object:
    return _begin(folder, Schedule())


@pytest.mark.parametrize("load", [cross_encoder, colbert, encoder, module, yes_no, llm, rewriting, training])
def test_code_of_a_checkpoint_does_not_run(
    load: Callable[[str, Corpus], object], planted: str, marker: Path, corpus: Corpus
) -> None:
    with pytest.raises(ParamsError, match="cannot be"):
        load(planted, corpus)
    assert not marker.exists()


def test_code_of_a_folder_runs_only_if_the_row_names_the_hash_of_its_files(
    planted: str, marker: Path, corpus: Corpus
) -> None:
    known = resolve(planted).revision
    row = {"kind": "sentence-transformer", "checkpoint": planted, "dim": 8, "trust_remote_code": True}
    for wrong in ("0" * 40, "0" * 64):
        with pytest.raises(ParamsError, match=f"have the hash {known}, the row says revision '{wrong}'"):
            ENCODERS.build("x", row | {"revision": wrong}).identity(corpus)
    assert ENCODERS.build("x", row | {"revision": known}).identity(corpus)["revision"] == known
    (Path(planted) / "planted.py").write_text("other code")
    with pytest.raises(ParamsError, match="have the hash"):
        ENCODERS.build("x", row | {"revision": known}).load(corpus)
    assert not marker.exists()


def test_every_loader_is_told_not_to_run_code() -> None:
    found = 0
    for path in (ROOT / "src").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            name = getattr(node.func, "attr", getattr(node.func, "id", "")) if isinstance(node, ast.Call) else ""
            if isinstance(node, ast.Call) and name in LOADERS:
                passed = [ast.unparse(keyword.value) for keyword in node.keywords if keyword.arg is None]
                assert any(one.startswith("OURS") for one in passed), f"{path}:{node.lineno}"
                found += 1
    assert found == 13


ELSEWHERE = """
import torch
from transformers import BertConfig, BertModel
class Config(BertConfig):
    model_type = "elsewhere"
class Model(BertModel):
    config_class = Config
    def __init__(self, config, **options):
        super().__init__(config, **options)
        self.register_buffer("rotations", torch.arange(7.0) + 1, persistent=False)
"""


def test_code_of_another_repository_is_the_pinned_one(tmp_path: Path, corpus: Corpus) -> None:
    """As gte-multilingual-base: the configuration names classes of a repository of the hub, which is not asked."""
    folder, code = tmp_path / "model", tmp_path / "code"
    bert_mean(folder)
    names = {"AutoConfig": "maker/code--elsewhere.Config", "AutoModel": "maker/code--elsewhere.Model"}
    rewrite(str(folder), model_type="elsewhere", auto_map=names)
    code.mkdir()
    (code / "elsewhere.py").write_text(ELSEWHERE)
    row = {"kind": "sentence-transformer", "checkpoint": str(folder), "dim": DIM, "trust_remote_code": True}
    row |= {"revision": resolve(str(folder)).revision, "code": f"{code}@{resolve(str(code)).revision}"}
    loaded: Any = ENCODERS.build("x", row).load(corpus)
    assert loaded.model[0].auto_model.rotations.tolist() == [1, 2, 3, 4, 5, 6, 7]  # which is in no file
    (code / "elsewhere.py").write_text(f"{ELSEWHERE}# other code")
    with pytest.raises(ParamsError, match="have the hash"):
        ENCODERS.build("x", row).load(corpus)
    for wrong in ({"code": f"{code}@main"}, {"trust_remote_code": False}):
        with pytest.raises(ParamsError, match="code is NAME@REVISION"):
            ENCODERS.build("x", row | wrong)
