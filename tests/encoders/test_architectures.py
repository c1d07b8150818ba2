"""Each architecture of models.yaml, as a tiny random model: our vectors are those of sentence-transformers."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from itemvec.core.arrays import Floats
from itemvec.encoders import Corpus, Role
from itemvec.encoders.sentence_transformer import SentenceTransformerEncoder
from tests.encoders.conftest import vectors_of
from tests.encoders.tiny import DIM, FAMILIES, LIMIT

PROMPTS: dict[Role, str] = {"item": "title: none | text: ", "query": "Instruct: find\nQuery:"}
LONG = "a red cotton shirt with long sleeves and buttons"  # tokens are bytes
TEXTS = ["hat", LONG, "x", "chapeau à plumes", LONG * 2, "blue wool hat", "x"]
CUT = 32  # fewer tokens than prompt and long text
assert len(LONG) + len(PROMPTS["item"]) > LIMIT > CUT > len(PROMPTS["item"]) + len("hat") + 2


LIMITED = [family for family in FAMILIES if family != "static"]  # which takes texts of any length


@pytest.fixture(scope="module", params=FAMILIES)
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tiny") / str(request.param)
    FAMILIES[request.param](folder)
    return folder


def ours(folder: Path, corpus: Corpus, texts: list[str], role: Role = "item", **options: Any) -> Floats:
    return vectors_of(SentenceTransformerEncoder(str(folder), DIM, **options), corpus, texts, role)


def theirs(folder: Path, texts: list[str], prompt: str = "", max_tokens: int | None = None) -> Any:
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(folder), device="cpu")
    if max_tokens is not None:
        model.max_seq_length = max_tokens
    return model.encode(texts, prompt=prompt, normalize_embeddings=True)


@pytest.mark.parametrize("role", PROMPTS)
def test_equals_sentence_transformers_own_encoding(folder: Path, corpus: Corpus, role: Role) -> None:
    found = ours(folder, corpus, TEXTS, role, item_prompt=PROMPTS["item"], query_prompt=PROMPTS["query"])
    assert found.shape == (len(TEXTS), DIM)
    assert found.dtype == np.float32
    assert found == pytest.approx(theirs(folder, TEXTS, PROMPTS[role]), abs=1e-5)


@pytest.mark.parametrize("folder", LIMITED, indirect=True)
@pytest.mark.parametrize("role", PROMPTS)
def test_equals_it_where_texts_are_cut(folder: Path, corpus: Corpus, role: Role) -> None:
    options: dict[str, Any] = {"item_prompt": PROMPTS["item"], "query_prompt": PROMPTS["query"], "max_tokens": CUT}
    found = ours(folder, corpus, TEXTS, role, **options)
    assert found == pytest.approx(theirs(folder, TEXTS, PROMPTS[role], CUT), abs=1e-5)


@pytest.mark.parametrize("folder", LIMITED, indirect=True)
def test_only_what_is_cut_off_makes_no_difference(folder: Path, corpus: Corpus) -> None:
    early, late = "y" + LONG[1:], LONG[:CUT] + "y"
    assert far(*ours(folder, corpus, [LONG, late]))
    first, changed, same = ours(folder, corpus, [LONG, early, late], max_tokens=CUT)
    assert same == pytest.approx(first, abs=1e-5)
    assert far(changed, first)


def test_a_vector_is_the_same_in_any_company(folder: Path, corpus: Corpus) -> None:
    """Padding, on whichever side, is neither read nor pooled."""
    alone = np.vstack([ours(folder, corpus, [text]) for text in TEXTS[:3]])
    assert (ours(folder, corpus, TEXTS)[:3] == alone).all()


def test_texts_and_prompts_make_a_difference(folder: Path, corpus: Corpus) -> None:
    """Else the tests above would hold for anything."""
    plain = ours(folder, corpus, TEXTS[:4])
    prompted = ours(folder, corpus, TEXTS[:4], item_prompt=PROMPTS["item"])
    assert all(far(plain[row], plain[other]) for row in range(4) for other in range(row))
    assert all(far(one, other) for one, other in zip(plain, prompted, strict=True))


def far(one: Floats, other: Floats) -> bool:
    return bool(np.abs(one - other).max() > 1e-3)  # a hundred times what we call equal
