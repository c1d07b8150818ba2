"""Writers of queries: a language model, an encoder-decoder trained for it, or a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from itemvec.language_models.generation import Ask
from itemvec.language_models.language_model import LanguageModel
from itemvec.language_models.query_lines import queries_of
from itemvec.synthetic.prompts import TOKENS, Shot, prompt

# From ids and texts of items, and a seed, to queries of each.
Write = Callable[[Sequence[str], Sequence[str], int], list[list[str]]]
TEXT_TOKENS = 350  # of an item's text, as GPL
TOP_P = 0.95  # nucleus from which GPL draws


def by_prompt(ask: Ask, shots: Sequence[Shot], n: int) -> Write:
    """Prompt a language model with examples (Promptagator, arXiv 2209.11755); it answers without drawing."""

    def write(_: Sequence[str], texts: Sequence[str], __: int) -> list[list[str]]:
        answers = ask([prompt(text, shots, n) for text in texts], TOKENS * n)
        return [queries_of(answer, n) for answer in answers]

    return write


def by_text(found: LanguageModel, n: int) -> Write:
    """Draw from an encoder-decoder that makes a query of a text, as docT5query (GPL, arXiv 2112.07577)."""
    import torch

    model, tokenizer = found.model, found.tokenizer

    @torch.inference_mode()
    def write(_: Sequence[str], texts: Sequence[str], seed: int) -> list[list[str]]:
        limit = min(TEXT_TOKENS, found.limit)
        features = tokenizer(list(texts), truncation=True, max_length=limit, padding=True, return_tensors="pt")
        names = ("input_ids", "attention_mask")
        features = {name: features[name].to(model.device) for name in names}
        devices = [model.device] if model.device.type == "cuda" else []
        with torch.random.fork_rng(devices=devices):
            torch.manual_seed(seed)
            said = model.generate(
                **features, max_new_tokens=TOKENS, do_sample=True, top_p=TOP_P, top_k=0, num_return_sequences=n
            )
        lines = tokenizer.batch_decode(said, skip_special_tokens=True)
        return [[" ".join(line.split()) for line in lines[row * n : row * n + n]] for row in range(len(texts))]

    return write


def by_file(queries: Mapping[str, Sequence[str]]) -> Write:
    """Take the queries that a file has for an item."""

    def write(ids: Sequence[str], _: Sequence[str], __: int) -> list[list[str]]:
        return [list(queries.get(one, [])) for one in ids]

    return write


def asks_by_text(config: Mapping[str, Any]) -> bool:
    """Whether a model, by its ``config.json``, is an encoder-decoder and so takes a text without a prompt."""
    return bool(config.get("is_encoder_decoder")) or str((config.get("architectures") or [""])[0]).endswith(
        "ForConditionalGeneration"
    )
