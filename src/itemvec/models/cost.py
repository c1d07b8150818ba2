"""The cost of embedding a catalogue with a model that is paid by the token."""

from __future__ import annotations

from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray


class Cost:
    """Counts the tokens of distinct texts, those encoded and paid in earlier runs included.

    Parameters
    ----------
    price
        Dollars per million tokens.
    """

    def __init__(self, price: float) -> None:
        self.price = price
        self._texts: list[NDArray[np.uint64]] = []
        self._tokens: list[NDArray[np.int32]] = []

    def add(self, texts: Any, tokens: NDArray[np.int32]) -> None:
        """Add texts, an Arrow array of length n, with their token counts, of shape (n,)."""
        hashes = b"".join(blake2b(text.encode(), digest_size=8).digest() for text in texts.to_pylist())
        self._texts.append(np.frombuffer(hashes, dtype="<u8"))
        self._tokens.append(tokens)

    def dollars(self) -> float | None:
        """Cost of the distinct texts so far; None if the token count of any is unknown."""
        if not self._texts:
            return 0.0
        _, first = np.unique(np.concatenate(self._texts), return_index=True)
        tokens = np.concatenate(self._tokens)[first]
        return self.of(int(tokens.sum(dtype=np.int64))) if tokens.all() else None

    def of(self, tokens: int) -> float:
        """Dollars for this many tokens."""
        return tokens * self.price / 1e6
