"""Swaps: pairs of query and item that were shown at two positions, which alone tell position from relevance."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from itemvec.clicks.cells import Cells
from itemvec.core.arrays import Doubles
from itemvec.core.errors import DatasetError


def swap_clicks(cells: Cells) -> Doubles:
    """Clicks and impressions of swapped pairs, float64 of shape (2, n_positions, n_positions).

    ``[0, k, j]`` are the clicks at position k+1 of the pairs that were shown there and at j+1, ``[1, k, j]`` the
    impressions. A pair that was shown n and m times counts with weight m / (n + m) at the first and n / (n + m) at the
    second position (Mantel and Haenszel), so that both sides have the same mix of pairs.
    """
    size, sums = cells.n_positions, np.zeros((2, cells.n_positions, cells.n_positions))
    counted = np.flatnonzero(cells.shown > 0)
    pair, position = cells.pair[counted], cells.position[counted] - 1
    for step in range(1, size):  # a pair has at most that many cells, which stand together
        left = np.flatnonzero(pair[step:] == pair[:-step])
        if not len(left):
            break
        for one, other in ((left, left + step), (left + step, left)):
            shown = cells.shown[counted]
            weight = shown[other] / (shown[one] + shown[other])
            place = position[one] * size + position[other]
            for sum_, values in zip(sums, (cells.clicked[counted], shown), strict=True):
                sum_ += np.bincount(place, weight * values[one], size * size).reshape(size, size)
    return sums


def check_swaps(cells: Cells) -> Doubles:
    """Which positions can be compared, float64 of shape (n_positions,): 1, or NaN where no chain of swaps leads.

    Raises
    ------
    DatasetError
        No item was shown at two positions for the same query, or none was clicked at two.
    """
    clicked, shown = swap_clicks(cells)
    if not shown.any():
        raise DatasetError(
            "clicks: no item was shown at two positions for the same query, so position and relevance cannot be told "
            "apart; log clicks under two rankings, or swap two results for some users"
        )
    linked = (clicked > 0) & (clicked.T > 0)
    if not linked.any():
        raise DatasetError(
            "clicks: of the items that were shown at two positions for the same query, none was clicked at both, so "
            "position and relevance cannot be told apart; log more clicks"
        )
    _, part = connected_components(csr_array(linked), directed=False)
    seen = cells.per_position(cells.shown)
    kept = part == np.argmax(np.bincount(part, seen))
    return np.where(kept, 1.0, np.nan)


def relative(propensities: Doubles) -> Doubles:
    """The same, divided by that of the first known position: clicks tell propensities up to a factor alone."""
    found: Doubles = propensities / propensities[np.flatnonzero(np.isfinite(propensities))[0]]
    return found
