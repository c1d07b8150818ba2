"""Prompts that a checkpoint states itself, and prompts that leave no room."""

import json
from pathlib import Path
from typing import Any

import pytest

from itemvec.core.columns import QUERIES
from itemvec.core.errors import ParamsError
from itemvec.core.files import write_parquet
from itemvec.encoders import Corpus, Role
from itemvec.encoders.fingerprint import fingerprint
from itemvec.encoders.sentence_transformer import SentenceTransformerEncoder
from itemvec.encoders.stated import CONFIG, stated_dim, stated_prompts
from itemvec.stages.embed import embed
from tests.conftest import ROOT
from tests.encoders.conftest import TEXTS, vectors_of
from tests.encoders.tiny import DIM, FAMILIES, LIMIT

FORMS: dict[str, tuple[dict[str, Any], dict[Role, str]]] = {
    "both": ({"prompts": {"query": "Q: ", "document": "D: "}}, {"query": "Q: ", "item": "D: "}),
    "passage": ({"prompts": {"query": "Q: ", "document": "", "passage": "P: "}}, {"query": "Q: ", "item": "P: "}),
    "default": ({"prompts": {"sts": "S: "}, "default_prompt_name": "sts"}, {"query": "S: ", "item": "S: "}),
    "query and default": (
        {"prompts": {"query": "Q: ", "sts": "S: "}, "default_prompt_name": "sts"},
        {"query": "Q: ", "item": "S: "},
    ),
    "query alone": ({"prompts": {"query": "Q: ", "document": ""}}, {"query": "Q: "}),
    "none": ({"prompts": {"query": "", "document": ""}, "default_prompt_name": None}, {}),
    "nothing said": ({}, {}),
}


@pytest.fixture(scope="module", params=["bert_mean", "t5_without_prompt", "static"])
def model(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("prompted") / "model"
    FAMILIES[request.param](folder)
    return folder


def state(folder: Path, stated: dict[str, Any]) -> str:
    (folder / CONFIG).write_text(json.dumps(stated))
    return str(folder)


@pytest.mark.parametrize("form", FORMS)
def test_the_checkpoints_prompts_are_read(tmp_path: Path, form: str) -> None:
    stated, expected = FORMS[form]
    state(tmp_path, stated)
    assert stated_prompts(tmp_path) == expected


@pytest.mark.parametrize("form", ["both", "query and default"])
def test_vectors_are_those_of_the_library_with_these_prompts(model: Path, corpus: Corpus, form: str) -> None:
    from sentence_transformers import SentenceTransformer

    stated, expected = FORMS[form]
    encoder = SentenceTransformerEncoder(state(model, stated), DIM)
    library = SentenceTransformer(str(model), device="cpu")
    queries = library.encode_query(TEXTS, normalize_embeddings=True)
    items = library.encode(TEXTS, prompt=expected["item"], normalize_embeddings=True)
    assert vectors_of(encoder, corpus, TEXTS, "query") == pytest.approx(queries, abs=1e-5)
    assert vectors_of(encoder, corpus, TEXTS, "item") == pytest.approx(items, abs=1e-5)
    bare = vectors_of(SentenceTransformerEncoder(str(model), DIM, own_prompts=False), corpus, TEXTS, "query")
    assert bare == pytest.approx(library.encode(TEXTS, prompt="", normalize_embeddings=True), abs=1e-5)
    assert abs(bare - queries).max() > 0.01


@pytest.fixture
def bert(tmp_path: Path) -> Path:
    folder = tmp_path / "bert"
    FAMILIES["bert_mean"](folder)
    return folder


def test_a_row_that_contradicts_the_checkpoint_must_say_so(bert: Path, corpus: Corpus) -> None:
    checkpoint = state(bert, FORMS["both"][0])
    other = SentenceTransformerEncoder(checkpoint, DIM, query_prompt="query: ")
    for refuses in (other.check, lambda: other.identity(corpus), lambda: other.load(corpus)):
        with pytest.raises(ParamsError, match=r"query_prompt is 'query: ', the checkpoint states 'Q: '.*own_prompts"):
            refuses()
    with pytest.raises(ParamsError, match="item_prompt is '', the checkpoint states 'D: '"):
        SentenceTransformerEncoder(checkpoint, DIM, item_prompt="").check()
    SentenceTransformerEncoder(checkpoint, DIM, query_prompt="Q: ", item_prompt="D: ").check()
    SentenceTransformerEncoder(checkpoint, DIM, query_prompt="query: ", own_prompts=False).check()


def test_the_fingerprint_knows_the_checkpoints_prompts(bert: Path, corpus: Corpus) -> None:
    found = set()
    for stated in ({}, {"prompts": {"query": "Q: "}}, {"prompts": {"query": "R: "}}):
        encoder = SentenceTransformerEncoder(state(bert, stated), DIM)
        identity = encoder.identity(corpus)
        assert identity.get("prompts", {}) == stated_prompts(bert)
        found.add(fingerprint(encoder, "query", identity))
    assert len(found) == 3


def test_the_stage_says_which_prompts_it_puts(
    bert: Path, corpus: Corpus, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    queries = tmp_path / "queries.parquet"
    write_parquet(queries, QUERIES.empty_table())
    encoder = SentenceTransformerEncoder(state(bert, FORMS["both"][0]), DIM)
    texts, suite = {"items": corpus.path, "queries": queries}, ROOT / "expectations" / "vectors.json"
    facts = embed(encoder, texts, suite, str(tmp_path / "cache"), tmp_path / "vectors")
    assert facts["encoder"]["prompts"] == {"query": "Q: ", "item": "D: "}
    said = capsys.readouterr().out
    assert "before every query stands 'Q: ', the prompt that the checkpoint states" in said
    assert "before every item stands 'D: '" in said


def test_a_prompt_that_fills_the_limit_is_refused(bert: Path, corpus: Corpus) -> None:
    """The tokenizer has a token for each byte, and two marks: 46 of 48 tokens are left."""
    fits, full = "x" * (LIMIT - 3), "x" * (LIMIT - 2)
    SentenceTransformerEncoder(str(bert), DIM, item_prompt=fits).check()
    SentenceTransformerEncoder(str(bert), DIM, item_prompt=fits).load(corpus)
    encoder = SentenceTransformerEncoder(str(bert), DIM, item_prompt=full)
    for refuses in (encoder.check, lambda: encoder.load(corpus)):
        with pytest.raises(
            ParamsError, match=r"leaves nothing of a text within 48 tokens; .* max_tokens to 49 or more"
        ):
            refuses()
    cut = SentenceTransformerEncoder(str(bert), DIM, item_prompt="about: ", max_tokens=9)
    with pytest.raises(ParamsError, match="item_prompt 'about: ' leaves nothing of a text within 9 tokens"):
        cut.check()


@pytest.mark.parametrize("family", [name for name in FAMILIES if name != "static"])
def test_the_width_is_read_from_the_files(tmp_path: Path, family: str) -> None:
    folder = tmp_path / family
    FAMILIES[family](folder)
    assert stated_dim(folder) == DIM
    with pytest.raises(ParamsError, match="the row says dim 17, the checkpoint has 16"):
        SentenceTransformerEncoder(str(folder), 17).check()
