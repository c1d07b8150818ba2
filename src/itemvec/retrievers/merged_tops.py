"""One ranking from those of several stretches of the items."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain

import numpy as np

from itemvec.core.top_k import NOTHING, Ties, Top
from itemvec.retrievers.running_top_k import Running


def merged(stretches: Iterator[Sequence[Top]], k: int, ties: Ties | None) -> list[Top]:
    """The best ``k`` items of each query over all stretches, exactly as if the items had been scanned at once.

    Parameters
    ----------
    stretches
        Of each stretch, at least one, in order of position, some rankings of the same queries, with positions among all
        items. The first of every stretch are merged, the second, and so on.
    ties
        The order of equal scores; by default that of position.
    """
    first, second = next(stretches), next(stretches, None)
    if second is None:
        return list(first)
    bests = [Running(len(top.scores), k, ties) for top in first]
    for tops in chain([first, second], stretches):
        for best, top in zip(bests, tops, strict=True):
            rows, ranks = np.nonzero((top.positions != NOTHING) & (top.scores > best.threshold[:, None]))
            best.offer(rows, top.positions[rows, ranks], top.scores[rows, ranks])
    return [best.top() for best in bests]
