"""Packed attention: texts of a batch are concatenated instead of padded.

All layers except attention treat each token separately, so a batch can be one row of tokens. Attention separates the
texts again: they are sorted by length, and each run of equal lengths is a dense batch of its own.
"""

from __future__ import annotations

from itertools import groupby
from typing import Any

import numpy as np
import torch

from itemvec.encoders.base import Rows
from itemvec.encoders.tokenization import Tokens

NAME = "itemvec-packed"
# Architectures that call a registered attention function, with full attention and explicit positions; each has a test.
MODEL_TYPES = {"bert", "roberta", "xlm-roberta", "qwen2", "qwen3", "mistral"}


def can_pack(model: Any, limit: int) -> bool:
    """Whether the transformer ``model`` gives the same vectors when texts of up to ``limit`` tokens are packed."""
    config = model.config
    window = getattr(config, "sliding_window", None)
    return (
        type(model).__module__.startswith("transformers.")
        and config.model_type in MODEL_TYPES
        and getattr(config, "is_causal", True)  # a decoder made bidirectional says so in masks, of which we have none
        and (window is None or window >= limit)
        and getattr(config, "position_embedding_type", "absolute") in ("absolute", None)
    )


def enable(model: Any) -> None:
    """Make ``model`` use ``attend`` as its attention."""
    from transformers import AttentionInterface, AttentionMaskInterface

    AttentionInterface.register(NAME, attend)
    AttentionMaskInterface.register(NAME, lambda *_, **__: None)
    model.set_attn_implementation(NAME)


def attend(
    module: Any, query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, mask: None, **options: Any
) -> tuple[torch.Tensor, None]:
    """Scaled dot product attention within each text; tensors of shape (1, heads, tokens, head width).

    ``options["runs"]`` holds pairs (number of texts, their length) that add up to all tokens.
    """
    from transformers.integrations.sdpa_attention import sdpa_attention_forward

    outputs, start = [], 0  # each of shape (texts, length, heads, head width)
    for n_texts, length in options.pop("runs"):
        some = slice(start, start + n_texts * length)
        start = some.stop
        apart = [_texts_apart(tensor[0, :, some], n_texts) for tensor in (query, key, value)]
        output, _ = sdpa_attention_forward(module, apart[0], apart[1], apart[2], mask, **options)
        outputs.append(output.flatten(0, 1))
    return torch.cat(outputs)[None], None


def _texts_apart(tensor: torch.Tensor, n_texts: int) -> torch.Tensor:
    """From (heads, tokens, width) to (texts, heads, length, width)."""
    heads, _, width = tensor.shape
    return tensor.reshape(heads, n_texts, -1, width).transpose(0, 1)


def first_position(model: Any) -> int:
    """Position id of the first token: RoBERTa counts from its padding id + 1."""
    table = getattr(getattr(model, "embeddings", None), "position_embeddings", None)
    padding = getattr(table, "padding_idx", None)
    return 0 if padding is None else int(padding) + 1


def features(tokens: Tokens, rows: Rows, first: int, filler: int) -> dict[str, Any]:
    """Input of a sentence-transformers model for the texts ``rows``, sorted by length, packed into one row.

    Positions count from ``first``; ``filler`` texts of one token are appended.
    """
    ids = [*tokens.of(rows), np.zeros(filler, dtype=np.int32)]
    lengths = [len(one) for one in ids[:-1]] + [1] * filler
    positions = np.concatenate([np.arange(length) for length in lengths]) + first
    return {
        "input_ids": torch.from_numpy(np.concatenate(ids).astype(np.int64))[None],
        "position_ids": torch.from_numpy(positions)[None],
        "cu_seq_lens_q": torch.from_numpy(np.cumsum([0, *lengths])),
        "runs": [(len(list(run)), length) for length, run in groupby(lengths)],
    }
