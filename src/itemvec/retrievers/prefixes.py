"""Every prefix of the dimensions searched in one pass over the items."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any, Literal

import numpy as np

from itemvec.arrays import Floats
from itemvec.machine import torch_device
from itemvec.retrievers.products import ITEMS, QUERIES, above, multiply, tensor
from itemvec.topk import Running, Top


def search_prefixes(
    queries: Floats, items: Iterable[Floats], dims: Sequence[int], k: int, similarity: Literal["cosine", "dot"]
) -> dict[int, Top]:
    """The best ``k`` items of each query by the first dimensions alone, for each of ``dims``.

    Products of a block of dimensions are added to those of the dimensions before, so that all prefixes take the
    multiplications of the longest; what each adds is a comparison with its own running threshold. A cosine of a prefix
    is the one of the vectors cut there and scaled to unit length, as the reducer ``truncate`` leaves them.

    Parameters
    ----------
    queries
        float32 of shape (n_queries, dim).
    items
        Blocks, float32 of shape (any, dim), read once.
    dims
        Ascending; the last at most ``dim``.
    """
    device = torch_device()
    stretches = list(pairwise([0, *dims]))
    lengths = _lengths(queries, stretches, similarity)
    parts = np.split(queries, range(QUERIES, len(queries), QUERIES))
    asked = [[tensor(np.ascontiguousarray(part[:, a:b])).to(device) for a, b in stretches] for part in parts]
    best = [[Running(len(part), k) for _ in dims] for part in parts]
    start = 0
    for tile in _tiles(items, ITEMS.get(device, ITEMS["cuda"])):
        over = 1 / _lengths(tile, stretches, similarity)
        blocks = [tensor(tile[:, a:b] * over[number, :, None]).to(device) for number, (a, b) in enumerate(stretches)]
        shrunk = tensor(over[1:] / over[:-1]).to(device)  # a sum over the length of the prefix it was made for
        for part, bests in zip(asked, best, strict=True):
            products: Any = None
            for number, (query, block, one) in enumerate(zip(part, blocks, bests, strict=True)):
                more = multiply(query, block)
                products = more if products is None else more.addcmul_(products, shrunk[number - 1])
                found = above(products, one.threshold, k)
                one.offer(found.queries, found.items + start, found.products)
        start += len(tile)
    tops = {}
    for number, dim in enumerate(dims):
        some = [bests[number].top() for bests in best]
        scores = np.concatenate([top.scores for top in some])
        scores /= lengths[number, :, None]
        tops[dim] = Top(np.concatenate([top.positions for top in some]), scores)
    return tops


def _lengths(vectors: Floats, stretches: Sequence[tuple[int, int]], similarity: Literal["cosine", "dot"]) -> Floats:
    """Length of each prefix of each vector, float32 of shape (n_prefixes, n); 1 where it does not matter."""
    if similarity == "dot":
        return np.ones((len(stretches), len(vectors)), dtype=np.float32)
    squares = [np.einsum("nd,nd->n", vectors[:, start:end], vectors[:, start:end]) for start, end in stretches]
    return np.maximum(np.sqrt(np.cumsum(squares, axis=0, dtype=np.float32)), np.float32(1e-12))


def _tiles(items: Iterable[Floats], rows: int) -> Iterator[Floats]:
    for block in items:
        for start in range(0, len(block), rows):
            yield block[start : start + rows]
