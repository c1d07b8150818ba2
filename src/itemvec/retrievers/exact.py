"""Retriever by exact nearest neighbours: every query is compared with every item."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any, ClassVar, Literal, NamedTuple

import numpy as np

from itemvec.core.arrays import Floats
from itemvec.core.engine import Stretch
from itemvec.core.machine import torch_device
from itemvec.core.top_k import TieOrder, Ties, Top
from itemvec.retrievers.base import RETRIEVERS, Entries, Retrieve
from itemvec.retrievers.block_scan import split, sweep
from itemvec.retrievers.inner_products import LEVELS, Precision, above, multiply, rounded
from itemvec.retrievers.merged_tops import merged
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
        blocks, engine, order = items.blocks("exact"), items.engine, TieOrder(items.ids)
        largest = 0.0
        if self.precision == "int8":
            largest = max(engine.map(_largest_of, self, engine.stretches(blocks)), default=0.0)

        def retrieve(queries: Entries, k: int) -> Top:
            asked = np.concatenate([self.scaled(block) for block in queries.blocks("exact")])
            step = max(largest, _largest(asked), 1e-12) / LEVELS
            ties = order.of(queries.ids)
            scan = _Scan(self, asked, step, k, ties)
            (top,) = merged(engine.map(_best_of, scan, engine.stretches(blocks)), k, ties)
            unit = np.float32(step * step if self.precision == "int8" else 1)
            return Top(top.positions, top.scores * unit)

        return retrieve

    def scaled(self, vectors: Floats) -> Floats:
        """Vectors of unit length for the cosine; for the inner product, as they are."""
        if self.similarity == "dot":
            return vectors
        lengths = np.sqrt(np.einsum("nd,nd->n", vectors, vectors))[:, None]
        scaled: Floats = vectors / np.maximum(lengths, np.float32(1e-12))
        return scaled


def _largest(vectors: Floats) -> float:
    return float(np.abs(vectors).max(initial=0))


def _largest_of(exact: Exact, stretch: Stretch) -> float:
    return max(map(_largest, map(exact.scaled, stretch.blocks)), default=0.0)


class _Scan(NamedTuple):
    """What every stretch of the items is compared with; ``asked`` is scaled, and int8 counts in ``step``."""

    exact: Exact
    asked: Floats
    step: float
    k: int
    ties: Ties


def _best_of(scan: _Scan, stretch: Stretch) -> list[Top]:
    """The best items of a stretch for each query, positions among all items; scores of int8 in squares of ``step``."""
    exact, device = scan.exact, torch_device()
    rows = split(scan.asked, device)
    starts = np.cumsum([0, *map(len, rows)])
    parts = [
        (rounded(part, exact.precision, scan.step, device), Running(len(part), scan.k, scan.ties.part(slice(*ends))))
        for part, ends in zip(rows, pairwise(starts), strict=True)
    ]

    def take(part: tuple[Any, Running], tile: Any, start: int) -> None:
        found = above(multiply(part[0], tile), part[1].threshold, scan.k)
        part[1].offer(found.queries, found.items + stretch.start + start, found.products)

    def prepare(tile: Floats) -> Any:
        return rounded(exact.scaled(tile), exact.precision, scan.step, device)

    sweep(stretch.blocks, device, parts, prepare, take)
    tops = [best.top() for _, best in parts]
    return [Top(np.concatenate([top.positions for top in tops]), np.concatenate([top.scores for top in tops]))]
