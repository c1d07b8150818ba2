"""Exact nearest neighbours: every query against every item."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np
from tqdm import tqdm

from itemvec.arrays import Floats
from itemvec.machine import torch_device
from itemvec.retrievers.base import RETRIEVERS, Entries, Retrieve
from itemvec.retrievers.products import ITEMS, LEVELS, QUERIES, Precision, above, multiply, rounded
from itemvec.topk import Running, Top


@RETRIEVERS.register("exact")
@dataclass(frozen=True)
class Exact:
    """Blocked matrix product with a running top-k; the items are read from disk once, a block at a time.

    In memory are the queries, what was found for them, a block of items and its products with 1,024 queries.

    precision
        What the numbers of both are rounded to: ``bfloat16``, or ``int8``, steps of 1/127 of the largest magnitude
        among items and queries, for which the items are read once more. Of the rounded vectors the ranking is exact:
        every item is compared, sums are float32 or, for int8, whole.
    """

    similarity: Literal["cosine", "dot"] = "cosine"
    precision: Precision = "float32"
    needs_vectors: ClassVar[bool] = True

    def index(self, items: Entries) -> Retrieve:
        """Nothing to prepare, but to find the largest number for int8."""
        blocks, device = items.blocks("exact"), torch_device()
        largest = max(map(_largest, map(self._scaled, blocks)), default=0.0) if self.precision == "int8" else 0.0

        def retrieve(queries: Entries, k: int) -> Top:
            asked = [self._scaled(block) for block in queries.blocks("exact")]
            step = max(largest, *map(_largest, asked), 1e-12) / LEVELS
            parts = [part for block in asked for part in np.split(block, range(QUERIES, len(block), QUERIES))]
            held = [(rounded(part, self.precision, step, device), Running(len(part), k)) for part in parts]
            start = 0
            for tile in self._tiles(items, ITEMS.get(device, ITEMS["cuda"])):
                block = rounded(tile, self.precision, step, device)
                for part, best in held:
                    found = above(multiply(part, block), best.threshold, k)
                    best.offer(found.queries, found.items + start, found.products)
                start += len(tile)
            tops = [best.top() for _, best in held]
            unit = np.float32(step * step if self.precision == "int8" else 1)
            scores = np.concatenate([top.scores for top in tops])
            return Top(np.concatenate([top.positions for top in tops]), scores * unit)

        return retrieve

    def _tiles(self, items: Entries, rows: int) -> Iterator[Floats]:
        with tqdm(total=len(items), desc="exact", unit="item", mininterval=1, disable=None) as progress:
            for block in items.blocks("exact"):
                for start in range(0, len(block), rows):
                    yield self._scaled(block[start : start + rows])
                progress.update(len(block))

    def _scaled(self, vectors: Floats) -> Floats:
        if self.similarity == "dot":
            return vectors
        lengths = np.sqrt(np.einsum("nd,nd->n", vectors, vectors))[:, None]
        scaled: Floats = vectors / np.maximum(lengths, np.float32(1e-12))
        return scaled


def _largest(vectors: Floats) -> float:
    return float(np.abs(vectors).max(initial=0))
