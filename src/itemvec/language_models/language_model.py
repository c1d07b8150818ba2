"""A language model with its tokenizer, and the tokenization of its prompts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from itemvec.core.errors import ParamsError
from itemvec.core.machine import torch_device
from itemvec.language_models.batches import Tokens
from itemvec.models.checkpoint import OURS, check_safetensors, resolve

ENDLESS = 1_000_000  # tokens: tokenizers that know no limit say 10 to the 30th


@dataclass(frozen=True)
class LanguageModel:
    """A causal or an encoder-decoder model of transformers, on its device, with a fast tokenizer."""

    model: Any
    tokenizer: Any

    @property
    def pad(self) -> int:
        """Id of the padding token; it is masked, so that any token will do."""
        return int(self.tokenizer.pad_token_id or 0)

    @property
    def limit(self) -> int:
        """Most tokens that a prompt may have."""
        most = getattr(self.model.config, "max_position_embeddings", None) or ENDLESS
        return int(min(most, self.tokenizer.model_max_length))

    def prompts(self, before: str, texts: list[str], after: str, limit: int) -> Tokens:
        """Token ids of ``before``, a text, and ``after``; the text is cut at its end to fit ``limit``.

        Special tokens of the model, such as the end of a turn, are recognised only in ``before`` and ``after``. In a
        text, they are tokenized as plain characters.
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
    """Read a language model from its files; code that comes with it is not run.

    Raises
    ------
    ParamsError
        Its weights are not safetensors, files are missing or damaged, or it is not a language model.
    """
    from transformers import AutoConfig, AutoModelForCausalLM, AutoModelForSeq2SeqLM, AutoTokenizer
    from transformers.utils import logging

    folder = resolve(checkpoint, revision).folder
    check_safetensors(folder, subject)
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        config = AutoConfig.from_pretrained(folder, **OURS)
        if not (config.architectures or ["unknown"])[0].endswith(("ForCausalLM", "ForConditionalGeneration")):
            raise ParamsError(
                f"{subject}: is a {(config.architectures or ['unknown'])[0]}, which generates no text; name a language "
                "model"
            )
        kind = AutoModelForSeq2SeqLM if config.is_encoder_decoder else AutoModelForCausalLM
        model: Any = kind.from_pretrained(folder, **OURS, use_safetensors=True, dtype=dtype)
        tokenizer = AutoTokenizer.from_pretrained(folder, **OURS)
    except (KeyError, OSError, ValueError) as error:
        said = " ".join(str(error).split())
        raise ParamsError(f"{subject}: its files cannot be loaded: {said}") from None
    return LanguageModel(model.to(torch_device()).eval(), tokenizer)
