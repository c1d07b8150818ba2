"""Exact search by the first dimensions only, for several lengths in one pass over the items."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any, Literal, NamedTuple

import numpy as np

from itemvec.core.arrays import Floats
from itemvec.core.engine import HERE, Engine, Stretch
from itemvec.core.machine import torch_device
from itemvec.core.top_k import Ties, Top
from itemvec.retrievers.block_scan import split, sweep
from itemvec.retrievers.inner_products import above, multiply, tensor
from itemvec.retrievers.merged_tops import merged
from itemvec.retrievers.running_top_k import Running


def search_prefixes(
    queries: Floats,
    items: Iterable[Floats],
    dims: Sequence[int],
    k: int,
    similarity: Literal["cosine", "dot"],
    ties: Ties | None = None,
    engine: Engine = HERE,
) -> dict[int, Top]:
    """The best ``k`` items of each query by the first dimensions only, for each length in ``dims``.

    Products of a block of dimensions are added to those of the dimensions before, so all lengths together take as many
    multiplications as the longest; each length adds only a comparison with its own running threshold. The cosine of a
    length is that of the vectors cut there and scaled to unit length, as by the reducer ``truncate``.

    Parameters
    ----------
    queries
        float32 of shape (n_queries, dim).
    items
        Blocks, float32 of shape (any, dim), read once.
    dims
        Ascending; the last at most ``dim``.
    ties
        The order of equal scores; by default that of position.
    engine
        Where the items are compared.
    """
    asked = _Asked(queries, dims, k, similarity, ties)
    found = merged(engine.map(_best_of, asked, engine.stretches(items)), k, ties)
    over = _lengths(tensor(queries), dims, similarity).numpy()
    return {dim: Top(top.positions, top.scores / one[:, None]) for dim, top, one in zip(dims, found, over, strict=True)}


class _Asked(NamedTuple):
    """What every stretch of the items is compared with."""

    queries: Floats
    dims: Sequence[int]
    k: int
    similarity: Literal["cosine", "dot"]
    ties: Ties | None


def _best_of(asked: _Asked, stretch: Stretch) -> list[Top]:
    """The best items of a stretch for each length, positions among all items; queries are not scaled."""
    queries, dims, k, similarity, ties = asked
    device = torch_device()
    cuts, rows = list(pairwise([0, *dims])), split(queries, device)
    parts = [
        (
            [tensor(np.ascontiguousarray(part[:, start:end])).to(device) for start, end in cuts],
            [Running(len(part), k, ties and ties.part(slice(first, last))) for _ in dims],
        )
        for part, (first, last) in zip(rows, pairwise(np.cumsum([0, *map(len, rows)])), strict=True)
    ]

    def prepare(tile: Floats) -> Any:
        whole = tensor(tile).to(device)
        over = 1 / _lengths(whole, dims, similarity)  # (n_prefixes, n)
        blocks = [whole[:, start:end] * one[:, None] for (start, end), one in zip(cuts, over, strict=True)]
        return blocks, [None, *over[1:] / over[:-1]]  # a sum over one length becomes a sum over the next

    def take(part: tuple[list[Any], list[Running]], tile: Any, start: int) -> None:
        products: Any = None
        for query, block, shrunk, best in zip(part[0], *tile, part[1], strict=True):
            more = multiply(query, block)
            products = more if products is None else more.addcmul_(products, shrunk)
            found = above(products, best.threshold, k)
            best.offer(found.queries, found.items + stretch.start + start, found.products)

    sweep(stretch.blocks, device, parts, prepare, take)
    tops = [[bests[number].top() for _, bests in parts] for number in range(len(dims))]
    return [Top(*map(np.concatenate, zip(*some, strict=True))) for some in tops]


def _lengths(vectors: Any, dims: Sequence[int], similarity: Literal["cosine", "dot"]) -> Any:
    """Norm of each prefix of each vector, float32 of shape (n_prefixes, n); 1 for inner products."""
    if similarity == "dot":
        return vectors.new_ones(len(dims), len(vectors))
    within = np.arange(vectors.shape[1]) < np.array(dims)[:, None]
    squares = multiply(tensor(within.astype(np.float32)).to(vectors.device), vectors.square())
    return squares.sqrt_().clamp_min_(1e-12)
