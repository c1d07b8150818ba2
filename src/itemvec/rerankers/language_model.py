"""A language model and the tokens it is asked with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from itemvec.core.errors import ParamsError
from itemvec.core.machine import torch_device
from itemvec.models.checkpoint import check_safetensors, resolve
from itemvec.rerankers.batches import Tokens

ENDLESS = 1_000_000  # tokens: tokenizers that know no limit say 10 to the 30th


@dataclass(frozen=True)
class LanguageModel:
    """A causal or an encoder-decoder model of transformers, on its device, with a fast tokenizer."""

    model: Any
    tokenizer: Any

    @property
    def pad(self) -> int:
        """Id that fills up short rows; masked, so that any does."""
        return int(self.tokenizer.pad_token_id or 0)

    @property
    def limit(self) -> int:
        """Most tokens that a prompt may have."""
        most = getattr(self.model.config, "max_position_embeddings", None) or ENDLESS
        return int(min(most, self.tokenizer.model_max_length))

    def prompts(self, before: str, texts: list[str], after: str, limit: int) -> Tokens:
        """Token ids of ``before``, a text, and ``after``, of which the text is cut at its end to fit ``limit``.

        The marks of the model, such as the end of a turn, are read in ``before`` and ``after`` alone: a text that
        spells one gets the tokens of its letters.
        """
        backend = self.tokenizer.backend_tokenizer
        backend.no_padding()
        backend.no_truncation()
        backend.encode_special_tokens = False
        head, tail = (backend.encode(part, add_special_tokens=False).ids for part in (before, after))
        backend.encode_special_tokens = True
        encoded = backend.encode_batch(texts, add_special_tokens=False)
        backend.encode_special_tokens = False
        room = max(limit - len(head) - len(tail), 0)
        return {"input_ids": [[*head, *one.ids[:room], *tail] for one in encoded]}


def read(subject: str, checkpoint: str, revision: str | None, dtype: str) -> LanguageModel:
    """Read a language model from its files alone; its own code is not run.

    Raises
    ------
    ParamsError
        Its weights are not safetensors, files are missing or torn, or it is no language model.
    """
    from transformers import AutoConfig, AutoModelForCausalLM, AutoModelForSeq2SeqLM, AutoTokenizer
    from transformers.utils import logging

    folder = resolve(checkpoint, revision).folder
    check_safetensors(folder, subject)
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        config = AutoConfig.from_pretrained(folder, local_files_only=True)
        if not (config.architectures or ["unknown"])[0].endswith(("ForCausalLM", "ForConditionalGeneration")):
            raise ParamsError(f"{subject}: is a {(config.architectures or ['unknown'])[0]}, which answers nothing")
        kind = AutoModelForSeq2SeqLM if config.is_encoder_decoder else AutoModelForCausalLM
        model: Any = kind.from_pretrained(folder, local_files_only=True, use_safetensors=True, dtype=dtype)
        tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
    except (KeyError, OSError, ValueError) as error:
        said = " ".join(str(error).split())
        raise ParamsError(f"{subject}: its files cannot be loaded: {said}") from None
    return LanguageModel(model.to(torch_device()).eval(), tokenizer)
