"""Tokenization: texts to token ids, all texts at once and in parallel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from itemvec.encoders.base import Counts, Rows


@dataclass(frozen=True)
class Tokens:
    """Token ids of n texts, one after the other.

    ids
        int32 of shape (sum of the lengths,).
    offsets
        Where each text begins and the last ends, int64 of shape (n + 1,).
    """

    ids: NDArray[np.int32]
    offsets: NDArray[np.int64]

    @property
    def lengths(self) -> NDArray[np.int64]:
        """Tokens of each text, of shape (n,)."""
        return np.diff(self.offsets)

    def of(self, rows: Rows) -> list[NDArray[np.int32]]:
        """Token ids of some texts."""
        return [self.ids[self.offsets[row] : self.offsets[row + 1]] for row in rows]


def tokenize(tokenizer: Any, texts: list[str], suffix: str, limit: int) -> tuple[Tokens, Counts]:
    """Tokenize texts, and keep at most ``limit`` tokens of each, those of the suffix included.

    Parameters
    ----------
    tokenizer
        A fast tokenizer of transformers: its Rust backend takes all texts at once, on all cores.
    suffix
        Put after every text; it is kept when the text is cut.
    limit
        Most tokens of a text, special tokens included.

    Returns
    -------
    The tokens, and the number that each text would have without a limit, int32 of shape (n,).
    """
    backend = tokenizer.backend_tokenizer
    backend.no_padding()
    end = _end(tokenizer, suffix)
    backend.enable_truncation(limit, direction=tokenizer.truncation_side)
    encoded = backend.encode_batch([text + suffix for text in texts])
    marks = backend.num_special_tokens_to_add(False)
    whole = [len(one) + sum(len(rest) - marks for rest in one.overflowing) for one in encoded]
    kept = [one.ids[: limit - len(end)] + end if one.overflowing else one.ids for one in encoded]
    ids = [np.array(one, dtype=np.int32) for one in kept]
    offsets = np.cumsum([0, *(len(one) for one in ids)])
    return Tokens(np.concatenate(ids), offsets), np.array(whole, dtype=np.int32)


def least_limit(tokenizer: Any, suffix: str) -> int:
    """Smallest limit that leaves room for one token of the text besides the suffix and the special tokens."""
    return len(_alone(tokenizer, suffix)) + 1


def _end(tokenizer: Any, suffix: str) -> list[int]:
    """Ids that a cut text must end with: those of the suffix and of the special tokens after it."""
    if not suffix or tokenizer.truncation_side == "left":
        return []
    alone = _alone(tokenizer, suffix)
    marks = [*alone.special_tokens_mask, 0].index(0)  # of the beginning
    return list(alone.ids[marks:])


def _alone(tokenizer: Any, text: str) -> Any:
    """One text with its special tokens, without a length limit."""
    tokenizer.backend_tokenizer.no_padding()
    tokenizer.backend_tokenizer.no_truncation()
    return tokenizer.backend_tokenizer.encode(text)
