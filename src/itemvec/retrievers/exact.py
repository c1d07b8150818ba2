"""Retriever by exact nearest neighbours: every query is compared with every item."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any, ClassVar, Literal

import numpy as np

from itemvec.core.arrays import Floats
from itemvec.core.machine import torch_device
from itemvec.core.top_k import TieOrder, Top
from itemvec.retrievers.base import RETRIEVERS, Entries, Retrieve
from itemvec.retrievers.block_scan import split, sweep
from itemvec.retrievers.inner_products import LEVELS, Precision, above, multiply, rounded
from itemvec.retrievers.running_top_k import Running


@RETRIEVERS.register("exact")
@dataclass(frozen=True)
class Exact:
    """Compare every item with the query; the items are read from disk once, a block at a time.

    In memory are the queries, what was found for them, a block of items, and products of 2,048 items with 512 queries a
    core.

    Parameters
    ----------
    similarity
        Cosine, or ``dot``, the inner product.
    precision
        What the numbers of both are rounded to: ``bfloat16``, or ``int8``, steps of 1/127 of the largest magnitude
        among items and queries, for which the items are read once more. Of the rounded vectors the ranking is
        exact: every item is compared, sums are float32 or, for int8, whole, up to 2 ** 24: of 1,040 dimensions.
    """

    similarity: Literal["cosine", "dot"] = "cosine"
    precision: Precision = "float32"
    needs_vectors: ClassVar[bool] = True

    @property
    def lowest(self) -> float | None:
        """That of the cosine; an inner product has none."""
        return -1.0 if self.similarity == "cosine" else None

    def index(self, items: Entries) -> Retrieve:
        """Find the largest magnitude for int8; there is nothing else to prepare."""
        blocks, device = items.blocks("exact"), torch_device()
        order = TieOrder(items.ids)
        largest = max(map(_largest, map(self._scaled, blocks)), default=0.0) if self.precision == "int8" else 0.0

        def retrieve(queries: Entries, k: int) -> Top:
            asked = np.concatenate([self._scaled(block) for block in queries.blocks("exact")])
            step = max(largest, _largest(asked), 1e-12) / LEVELS
            rows, ties = split(asked, device), order.of(queries.ids)
            starts = np.cumsum([0, *map(len, rows)])
            parts = [
                (rounded(part, self.precision, step, device), Running(len(part), k, ties.part(slice(start, end))))
                for part, (start, end) in zip(rows, pairwise(starts), strict=True)
            ]

            def take(part: tuple[Any, Running], tile: Any, start: int) -> None:
                found = above(multiply(part[0], tile), part[1].threshold, k)
                part[1].offer(found.queries, found.items + start, found.products)

            def prepare(tile: Floats) -> Any:
                return rounded(self._scaled(tile), self.precision, step, device)

            sweep(blocks, device, parts, prepare, take)
            tops = [best.top() for _, best in parts]
            unit = np.float32(step * step if self.precision == "int8" else 1)
            scores = np.concatenate([top.scores for top in tops])
            return Top(np.concatenate([top.positions for top in tops]), scores * unit)

        return retrieve

    def _scaled(self, vectors: Floats) -> Floats:
        if self.similarity == "dot":
            return vectors
        lengths = np.sqrt(np.einsum("nd,nd->n", vectors, vectors))[:, None]
        scaled: Floats = vectors / np.maximum(lengths, np.float32(1e-12))
        return scaled


def _largest(vectors: Floats) -> float:
    return float(np.abs(vectors).max(initial=0))
