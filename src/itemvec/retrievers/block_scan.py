"""A parallel scan: one pass over all items, block by block, for all queries, on all cores."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import pairwise
from typing import TypeVar

import numpy as np

from itemvec.core.arrays import Floats

# Queries and items that are multiplied at a time: on a processor their products stay in its cache.
QUERIES, ITEMS = {"cpu": 512, "cuda": 4096}, {"cpu": 2048, "cuda": 65_536}
FIRST = 4  # times as many of the first items, so that few of the next are above the best of them
Part = TypeVar("Part")
Tile = TypeVar("Tile")


def split(queries: Floats, device: str) -> list[Floats]:
    """Split queries, float32 of shape (n, dim), into parts that are processed in parallel; at least one."""
    rows = min(QUERIES.get(device, QUERIES["cuda"]), max(1, -(-len(queries) // _cores(device))))
    return np.split(queries, range(rows, len(queries), rows))


def sweep(
    blocks: Iterable[Floats],
    device: str,
    parts: Sequence[Part],
    prepare: Callable[[Floats], Tile],
    take: Callable[[Part, Tile, int], None],
) -> None:
    """Show all items to each part of the queries, in order.

    Parameters
    ----------
    blocks
        Vectors of the items, float32 of shape (any, dim), read once.
    prepare
        Converts a block of item vectors once for all parts.
    take
        Called with a part, the prepared block, and the position of its first item.
    """
    rows, start = ITEMS.get(device, ITEMS["cuda"]), 0
    with _workers(_cores(device)) as pool:
        for block in blocks:
            starts = [0, *range(rows if start else FIRST * rows, len(block), rows)]
            tiles = list(pool.map(prepare, [block[here:end] for here, end in pairwise([*starts, len(block)])]))
            places = [start + here for here in starts]

            def show(part: Part, tiles: list[Tile] = tiles, places: list[int] = places) -> None:
                for tile, place in zip(tiles, places, strict=True):
                    take(part, tile, place)

            list(pool.map(show, parts))
            start += len(block)


def _cores(device: str) -> int:
    """Number of parts processed in parallel; one on a GPU, which is parallel itself."""
    import torch

    return torch.get_num_threads() if device == "cpu" else 1


@contextmanager
def _workers(n: int) -> Iterator[ThreadPoolExecutor]:
    """Threads with one torch core each: numpy compares and sorts on a single core, so all cores stay busy."""
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # threads that start from now on take this over
    try:
        with ThreadPoolExecutor(n) as pool:
            yield pool
    finally:
        torch.set_num_threads(threads)
