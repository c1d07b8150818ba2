"""Hubs: items that are among the nearest of far more others than chance would make them."""

from __future__ import annotations

from typing import Any

import numpy as np

from itemvec.core.arrays import Ints
from itemvec.core.top_k import Top

NEIGHBOURS = 10


def hubness(nearest: Top, askers: Ints, n_items: int) -> dict[str, Any]:
    """Skewness of the k-occurrence (Radovanović et al., JMLR 2010): how often an item is among the k nearest.

    Where only some items ask, their counts are a thinned sample. What the counts of all would be is estimated without
    bias by factorial moments: of K askers that have an item among their nearest, the chance that r chosen ones are
    among the m of n that ask is m(m-1).../n(n-1)....

    Parameters
    ----------
    nearest
        The k + 1 nearest items of each asker, itself among them.
    askers
        Positions of the items that ask, int64 of shape (n_askers,).

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
    """Of the counts that all items would make, each of which is asked for by ``n_askers`` of ``len(counts)``."""
    steps = np.arange(3)
    kept = np.cumprod(np.maximum(n_askers - steps, 1) / np.maximum(len(counts) - steps, 1))
    first, second, third = (float(np.prod([counts - step for step in range(r)], axis=0).mean()) for r in (1, 2, 3))
    first, second, third = first / kept[0], second / kept[1], third / kept[2]
    squares, cubes = second + first, third + 3 * second + first
    variance = squares - first**2
    return (cubes - 3 * first * squares + 2 * first**3) / variance**1.5 if variance > 1e-9 else 0.0
