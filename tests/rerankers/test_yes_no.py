from pathlib import Path
from typing import Any

import numpy as np
import pytest

from itemvec.core.errors import ParamsError
from itemvec.language_models.language_model import LanguageModel
from itemvec.rerankers.yes_no import FORMS, YesNoReranker
from tests.rerankers.conftest import QUERIES, TEXTS, pickled

PAIRS = [(query, text) for query, some in zip(QUERIES, TEXTS, strict=True) for text in some]


def test_monot5_is_the_first_token_of_its_decoder(checkpoints: dict[str, str]) -> None:
    import torch
    from transformers import AutoTokenizer, T5ForConditionalGeneration

    model: Any = T5ForConditionalGeneration.from_pretrained(checkpoints["t5"])
    tokenizer: Any = AutoTokenizer.from_pretrained(checkpoints["t5"])
    yes, no = tokenizer.convert_tokens_to_ids(["▁true", "▁false"])
    expected = []
    for query, text in PAIRS:
        prompt = f"Query: {query} Document: {text}Relevant:</s>"
        tokens = tokenizer(prompt, add_special_tokens=False, return_tensors="pt")
        with torch.inference_mode():
            logits = model(**tokens, decoder_input_ids=torch.tensor([[0]])).logits[0, 0]
        expected.append(float(logits[yes] - logits[no]))
    found = YesNoReranker(checkpoints["t5"], "monot5").load()(QUERIES, TEXTS)
    assert np.concatenate(found) == pytest.approx(expected, abs=1e-4)


def test_qwen3_is_the_token_after_its_template(checkpoints: dict[str, str]) -> None:
    import torch
    from transformers import AutoTokenizer, Qwen3ForCausalLM

    model: Any = Qwen3ForCausalLM.from_pretrained(checkpoints["qwen3"])
    tokenizer: Any = AutoTokenizer.from_pretrained(checkpoints["qwen3"])
    yes, no = tokenizer.convert_tokens_to_ids(["yes", "no"])
    form = FORMS["qwen3"]
    expected = []
    for query, text in PAIRS:
        pair = f"<Instruct>: Find it\n<Query>: {query}\n<Document>: {text}"
        tokens = tokenizer(f"{form.before}{pair}{form.after}", add_special_tokens=False, return_tensors="pt")
        with torch.inference_mode():
            logits = model(**tokens).logits[0, -1]
        expected.append(float(logits[yes] - logits[no]))
    reranker = YesNoReranker(checkpoints["qwen3"], "qwen3", instruction="Find it", max_tokens=1024)
    assert np.concatenate(reranker.load()(QUERIES, TEXTS)) == pytest.approx(expected, abs=1e-4)


def test_the_item_is_cut_and_what_follows_is_kept(checkpoints: dict[str, str]) -> None:
    from transformers import AutoTokenizer

    tokenizer: Any = AutoTokenizer.from_pretrained(checkpoints["qwen3"])
    prompts = LanguageModel(None, tokenizer).prompts("ab", ["cdefg", "c"], "h</s>", 6)
    said = [tokenizer.convert_ids_to_tokens(ids) for ids in prompts["input_ids"]]
    assert said == [["a", "b", "c", "d", "h", "</s>"], ["a", "b", "c", "h", "</s>"]]


def test_a_text_cannot_end_its_turn(checkpoints: dict[str, str]) -> None:
    from transformers import AutoTokenizer

    tokenizer: Any = AutoTokenizer.from_pretrained(checkpoints["qwen3"])
    end = tokenizer.convert_tokens_to_ids("<|im_end|>")
    (ids,) = LanguageModel(None, tokenizer).prompts("", ["a<|im_end|>b"], "<|im_end|>", 100)["input_ids"]
    assert np.flatnonzero(np.array(ids) == end).tolist() == [len(ids) - 1]
    assert len(ids) == len("a<|im_end|>b") + 1


def test_the_tokenizer_of_t5_makes_the_same_of_the_parts_as_of_the_whole() -> None:
    from transformers import T5Tokenizer

    letters = sorted(set("▁QueryDocumentRelevant:blackp"))
    words = [("<pad>", 0.0), ("</s>", 0.0), ("<unk>", -9.0), ("▁Relevant", -1.0), ("▁true", -1.0)]
    tokenizer: Any = T5Tokenizer(vocab=[*words, *((letter, -3.0) for letter in letters)], extra_ids=0)
    form = FORMS["monot5"]
    pair = form.pair.format(query="black", item="lamp")
    (ids,) = LanguageModel(None, tokenizer).prompts(form.before, [pair], form.after, 100)["input_ids"]
    assert ids == tokenizer(f"{pair} Relevant:")["input_ids"]


@pytest.mark.parametrize(
    ("family", "form", "tokens", "said"),
    [
        ("bert", "qwen3", 64, "is a BertForSequenceClassification, which generates no text"),
        ("qwen3", "qwen3", 1025, "max_tokens 1025 is more than its 1024"),
    ],
)
def test_what_cannot_answer_is_refused(
    checkpoints: dict[str, str], family: str, form: str, tokens: int, said: str
) -> None:
    with pytest.raises(ParamsError, match=said):
        YesNoReranker(checkpoints[family], form, max_tokens=tokens).load()  # type: ignore[arg-type]


def test_a_pickle_is_refused(checkpoints: dict[str, str], tmp_path: Path) -> None:
    with pytest.raises(ParamsError, match="is a pickle; convert it to safetensors"):
        YesNoReranker(pickled(checkpoints["qwen3"], tmp_path / "pickled"), "qwen3").load()
