"""Exact nearest neighbours: every query against every item."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np

from itemvec.arrays import Floats
from itemvec.retrievers.base import RETRIEVERS, Entries, Retrieve
from itemvec.topk import Top, merge, top_k

QUERIES = 1024  # scored at a time


@RETRIEVERS.register("exact")
@dataclass(frozen=True)
class Exact:
    """Blocked matrix product with a running top-k; the items are read from disk once, a block at a time."""

    similarity: Literal["cosine", "dot"] = "cosine"
    needs_vectors: ClassVar[bool] = True

    def index(self, items: Entries) -> Retrieve:
        """Nothing to prepare."""
        blocks = items.blocks("exact")

        def retrieve(queries: Entries, k: int) -> Top:
            asked = [self._scaled(block) for block in queries.blocks("exact")]
            asked = [part for block in asked for part in np.split(block, range(QUERIES, len(block), QUERIES))]
            best: list[Top] = [top_k(np.empty((len(part), 0), dtype=np.float32), k) for part in asked]
            start = 0
            for block in blocks:
                scaled = self._scaled(block)
                for number, part in enumerate(asked):
                    found = top_k(part @ scaled.T, k)  # scores: (QUERIES, len(block))
                    shifted = Top(np.where(found.positions < 0, found.positions, found.positions + start), found.scores)
                    best[number] = merge(best[number], shifted, k)
                start += len(block)
            return Top(np.concatenate([top.positions for top in best]), np.concatenate([top.scores for top in best]))

        return retrieve

    def _scaled(self, vectors: Floats) -> Floats:
        if self.similarity == "dot":
            return vectors
        scaled: Floats = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
        return scaled
