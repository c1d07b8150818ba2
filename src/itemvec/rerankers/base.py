"""What the pipeline asks of a reranker."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import chain
from typing import Protocol

import numpy as np

from itemvec.core.arrays import Floats
from itemvec.core.registry import Registry

# Queries, and the texts to order for each, best first so far -> a score for every text, float32 of shape (n_texts,) for
# each query. Many queries are handed over at once, so that pairs of like length can share a batch.
Rerank = Callable[[Sequence[str], Sequence[Sequence[str]]], list[Floats]]


class Reranker(Protocol):
    """Options of a reranker."""

    def load(self) -> Rerank:
        """Bring the model into memory, or find its server."""
        ...


RERANKERS: Registry[Reranker] = Registry("reranker")


def by_pairs(score: Callable[[list[str], list[str]], Floats]) -> Rerank:
    """Rerank with a function that scores pairs of a query and a text, whichever query they belong to."""

    def rerank(queries: Sequence[str], texts: Sequence[Sequence[str]]) -> list[Floats]:
        counts = [len(some) for some in texts]
        if not sum(counts):
            return [np.empty(0, dtype=np.float32) for _ in queries]
        asked = list(chain.from_iterable([query] * n for query, n in zip(queries, counts, strict=True)))
        scores = score(asked, list(chain.from_iterable(texts)))
        return np.split(scores, np.cumsum(counts)[:-1])

    return rerank
