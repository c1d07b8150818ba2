"""The interface of rerankers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import chain
from typing import Protocol

import numpy as np

from itemvec.core.arrays import Floats
from itemvec.core.registry import Registry

# A rerank function: from queries, and the texts of each in their current order, to scores, float32 of shape (n_texts,)
# for each query. It gets many queries at once, so that pairs of similar length can share a batch.
Rerank = Callable[[Sequence[str], Sequence[Sequence[str]]], list[Floats]]


class Reranker(Protocol):
    """Options of a reranker."""

    def load(self) -> Rerank:
        """Load the model into memory, or connect to its server."""
        ...


RERANKERS: Registry[Reranker] = Registry("reranker")


def by_pairs(score: Callable[[list[str], list[str]], Floats]) -> Rerank:
    """Make a rerank function of a function that scores pairs of query and text."""

    def rerank(queries: Sequence[str], texts: Sequence[Sequence[str]]) -> list[Floats]:
        counts = [len(some) for some in texts]
        if not sum(counts):
            return [np.empty(0, dtype=np.float32) for _ in queries]
        asked = list(chain.from_iterable([query] * n for query, n in zip(queries, counts, strict=True)))
        scores = score(asked, list(chain.from_iterable(texts)))
        return np.split(scores, np.cumsum(counts)[:-1])

    return rerank
