"""Hubness: how often each item is among the nearest neighbours of others, and how uneven these counts are."""

from __future__ import annotations

from typing import Any

import numpy as np

from itemvec.core.arrays import Ints
from itemvec.core.top_k import Top

NEIGHBOURS = 10


def hubness(nearest: Top, askers: Ints, n_items: int) -> dict[str, Any]:
    """Skewness of the k-occurrence (Radovanović et al., JMLR 2010): how often an item is among the k nearest.

    Only a sample of the items may serve as queries, the "askers". The counts over all items are then estimated without
    bias by factorial moments: of K items that have an item among their nearest, r given ones are among the m askers of
    n items with probability m(m-1).../n(n-1)....

    Parameters
    ----------
    nearest
        The k + 1 nearest items of each asker, the asker itself among them.
    askers
        Positions of the items whose neighbours are counted, int64 of shape (n_askers,).

    Returns
    -------
    ``askers``, ``skewness``, ``largest`` (the share of askers that have the most frequent item among their nearest)
    and ``never`` (the share of items that no asker has among them).
    """
    others = nearest.positions != askers[:, None]
    others &= (np.cumsum(others, axis=1) <= NEIGHBOURS) & (nearest.positions >= 0)
    counts = np.bincount(nearest.positions[others], minlength=n_items).astype(np.float64)
    return {
        "askers": len(askers),
        "skewness": _skewness(counts, len(askers)),
        "largest": float(counts.max() / len(askers)),
        "never": float(np.mean(counts == 0)),
    }


def _skewness(counts: np.ndarray[tuple[int], np.dtype[np.float64]], n_askers: int) -> float:
    """Estimated skewness of the counts over all items, from counts over ``n_askers`` of ``len(counts)`` items."""
    steps = np.arange(3)
    kept = np.cumprod(np.maximum(n_askers - steps, 1) / np.maximum(len(counts) - steps, 1))
    first, second, third = (float(np.prod([counts - step for step in range(r)], axis=0).mean()) for r in (1, 2, 3))
    first, second, third = first / kept[0], second / kept[1], third / kept[2]
    squares, cubes = second + first, third + 3 * second + first
    variance = squares - first**2
    return (cubes - 3 * first * squares + 2 * first**3) / variance**1.5 if variance > 1e-9 else 0.0
