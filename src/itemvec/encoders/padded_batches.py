"""Padded batches, which every transformer accepts: one text per row."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from itemvec.encoders.base import Rows
from itemvec.encoders.tokenization import Tokens


def features(tokens: Tokens, rows: Rows, length: int, tokenizer: Any) -> dict[str, torch.Tensor]:
    """Ids and mask of texts ``rows``, int64 of shape (n, length), padded on the tokenizer's side."""
    texts = tokens.of(rows)
    ids = np.full((len(rows), length), tokenizer.pad_token_id or 0, dtype=np.int64)
    mask = np.zeros_like(ids)
    for row, one in enumerate(texts):
        some = slice(length - len(one), length) if tokenizer.padding_side == "left" else slice(0, len(one))
        ids[row, some] = one
        mask[row, some] = 1
    return {"input_ids": torch.from_numpy(ids), "attention_mask": torch.from_numpy(mask)}
