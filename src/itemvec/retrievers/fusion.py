"""Several rankings of the same queries made one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from itemvec.core.arrays import Doubles, Ints
from itemvec.core.top_k import NOTHING, Top


@dataclass(frozen=True)
class Candidates:
    """The union of what several parts found for each query, in order of query and position.

    rows, positions
        Query and item of each candidate, int64 of shape (n_candidates,).
    values
        What each part gives a candidate, float64 of shape (n_parts, n_candidates).
    n_queries
        Queries, those without candidates included.
    """

    rows: Ints
    positions: Ints
    values: Doubles
    n_queries: int

    def top(self, weights: Doubles, k: int) -> Top:
        """The best ``k`` by weighted sum; equal sums in order of position."""
        sums = (weights @ self.values).astype(np.float32)
        order = np.lexsort((self.positions, -sums, self.rows))
        rows = self.rows[order]
        ranks = np.arange(len(rows)) - np.searchsorted(rows, rows)
        kept = ranks < k
        positions = np.full((self.n_queries, k), NOTHING, dtype=np.int64)
        scores = np.full((self.n_queries, k), -np.inf, dtype=np.float32)
        positions[rows[kept], ranks[kept]] = self.positions[order][kept]
        scores[rows[kept], ranks[kept]] = sums[order][kept]
        return Top(positions, scores)


def unite(tops: Sequence[Top], value: Callable[[Top], tuple[Doubles, Doubles]]) -> Candidates:
    """Bring together what the parts found.

    Parameters
    ----------
    value
        From a ranking the value of each rank, float64 of its shape, and of an item that is not in it, (n_queries,).
    """
    n_queries = len(tops[0].positions)
    width = 1 + max((int(top.positions.max(initial=NOTHING)) for top in tops), default=0)
    rows = np.arange(n_queries)[:, None]
    keys = [(rows * width + top.positions)[top.positions != NOTHING] for top in tops]
    united, inverse = np.unique(np.concatenate(keys), return_inverse=True)
    whose = united // max(width, 1)
    values = np.empty((len(tops), len(united)))
    for part, (top, places) in enumerate(
        zip(tops, np.split(inverse, np.cumsum([len(one) for one in keys])[:-1]), strict=True)
    ):
        inside, outside = value(top)
        values[part] = outside[whose]
        values[part, places] = inside[top.positions != NOTHING]
    return Candidates(whose, united % max(width, 1), values, n_queries)


def reciprocal_rank(top: Top, k: int) -> tuple[Doubles, Doubles]:
    """1 / (k + rank), 0 for what is not in the ranking (Cormack et al., 2009)."""
    n_queries, depth = top.positions.shape
    return np.tile(1 / (k + np.arange(1, depth + 1.0)), (n_queries, 1)), np.zeros(n_queries)


def normalised(top: Top, by: str) -> tuple[Doubles, Doubles]:
    """Scores made comparable, within each query's ranking; what is not in it counts as much as its last item.

    ``minmax`` brings them to [0, 1], equal ones all to 1; ``z`` to mean 0 and standard deviation 1. An empty ranking
    has 0 for all.
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
