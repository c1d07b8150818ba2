"""Batching: grouping texts of similar length under a token budget."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from itemvec.encoders.base import Rows


@dataclass
class Budget:
    """Token budget of a batch; halved when memory runs out."""

    tokens: int


def pack(lengths: NDArray[np.int64], budget: Budget, slack: float) -> Iterator[Rows]:
    """Positions of the texts of each batch, longest first, so that a lack of memory shows at once.

    Parameters
    ----------
    lengths
        Tokens of each text, of shape (n,).
    budget
        Tokens of a batch, padding included; a longer text is a batch of its own. Read again for every batch.
    slack
        How much shorter than the longest text of a batch its shortest may be, as a share: 0 for equal lengths only, 1
        for any.
    """
    order = np.argsort(-lengths, kind="stable")
    longest_first = lengths[order]
    start = 0
    while start < len(order):
        longest = longest_first[start]
        stop = start + max(1, budget.tokens // max(int(longest), 1))
        shortest = np.searchsorted(-longest_first, -(1 - slack) * longest, side="right")
        stop = min(stop, int(shortest))
        yield order[start:stop]
        start = stop
