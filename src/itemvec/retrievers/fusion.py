"""Fusion of several rankings of the same queries into one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from itemvec.core.arrays import Doubles, Ints
from itemvec.core.top_k import NOTHING, Ties, Top

DIGITS = 12  # after the point, to which sums are compared: equal items must not differ by how a sum was rounded


@dataclass(frozen=True)
class Candidates:
    """The union of what several parts found for each query, in order of query and position.

    rows, positions
        Query and item of each candidate, int64 of shape (n_candidates,).
    values
        What each part gives a candidate, float64 of shape (n_parts, n_candidates).
    found
        Whether each part found it, bool of the same shape.
    n_queries
        Queries, those without candidates included.
    """

    rows: Ints
    positions: Ints
    values: Doubles
    found: NDArray[np.bool_]
    n_queries: int

    def top(self, weights: Doubles, k: int, ties: Ties | None = None) -> Top:
        """The best ``k`` by weighted sum of what parts with a weight found; equal sums as ``top_k`` orders them."""
        ranked = self.found[weights > 0].any(axis=0)
        rows, places, sums = self.rows[ranked], self.positions[ranked], (weights @ self.values)[ranked]
        tied = places if ties is None else ties.places(rows, places)
        order = np.lexsort((tied, -np.round(sums, DIGITS), rows))
        rows = rows[order]
        ranks = np.arange(len(rows)) - np.searchsorted(rows, rows)
        kept = ranks < k
        positions = np.full((self.n_queries, k), NOTHING, dtype=np.int64)
        scores = np.full((self.n_queries, k), -np.inf, dtype=np.float32)
        positions[rows[kept], ranks[kept]] = places[order][kept]
        scores[rows[kept], ranks[kept]] = sums[order][kept]
        return Top(positions, scores)


def unite(tops: Sequence[Top], given: Sequence[tuple[Doubles, Doubles]]) -> Candidates:
    """Bring together what the parts found.

    Parameters
    ----------
    given
        For each of ``tops`` the value of each rank, float64 of its shape, and of an item that is not in it,
        (n_queries,).
    """
    n_queries = len(tops[0].positions)
    width = 1 + max((int(top.positions.max(initial=NOTHING)) for top in tops), default=0)
    rows = np.arange(n_queries)[:, None]
    keys = [(rows * width + top.positions)[top.positions != NOTHING] for top in tops]
    united, inverse = np.unique(np.concatenate(keys), return_inverse=True)
    whose = united // max(width, 1)
    values = np.empty((len(tops), len(united)))
    found = np.zeros(values.shape, dtype=bool)
    places = np.split(inverse, np.cumsum([len(one) for one in keys])[:-1])
    for part, (top, here, (inside, outside)) in enumerate(zip(tops, places, given, strict=True)):
        values[part] = outside[whose]
        values[part, here] = inside[top.positions != NOTHING]
        found[part, here] = True
    return Candidates(whose, united % max(width, 1), values, found, n_queries)


def reciprocal_rank(top: Top, k: int) -> tuple[Doubles, Doubles]:
    """1 / (k + rank), and 0 for items that are not in the ranking (Cormack et al., 2009)."""
    n_queries, depth = top.positions.shape
    return np.tile(1 / (k + np.arange(1, depth + 1.0)), (n_queries, 1)), np.zeros(n_queries)


def scaled_from(top: Top, lowest: float | None) -> tuple[Doubles, Doubles]:
    """Scores brought to 0 for ``lowest`` and to 1 for the best of each query; what is not in the ranking has 0.

    This is theoretical-minimum-maximum normalisation (TMM; Bruch et al., arXiv 2210.11934). Unlike with the least score
    found, the last item of a ranking is worth more than one that is not in it. Without ``lowest``, and for a best score
    that is no better, the least found and 1 take their place.
    """
    if lowest is None:
        return normalised(top, "minmax")
    filled = top.positions != NOTHING
    above = np.where(filled, top.scores, lowest).astype(np.float64) - lowest
    best = above.max(axis=1, initial=0, keepdims=True)
    return np.where(best > 0, above / np.where(best > 0, best, 1), 1.0), np.zeros(len(above))


def normalised(top: Top, by: str) -> tuple[Doubles, Doubles]:
    """Normalise scores within each query's ranking; an item that is not in it gets the value of its last item.

    ``minmax`` scales to [0, 1], equal scores all to 1; ``z`` scales to mean 0 and standard deviation 1. An empty
    ranking gives 0 for all items.
    """
    filled = top.positions != NOTHING
    scores = np.where(filled, top.scores, np.nan).astype(np.float64)
    empty = ~filled.any(axis=1)
    scores[empty] = 0.0
    low, high = np.nanmin(scores, axis=1, keepdims=True), np.nanmax(scores, axis=1, keepdims=True)
    if by == "minmax":
        span = high - low
        found = np.where(span > 0, (scores - low) / np.where(span > 0, span, 1), 1.0)
        return found, np.zeros(len(scores))
    spread = np.nanstd(scores, axis=1, keepdims=True)
    spread[spread == 0] = 1.0
    mean = np.nanmean(scores, axis=1, keepdims=True)
    return (scores - mean) / spread, ((low - mean) / spread)[:, 0]
