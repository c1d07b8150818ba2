"""A click log summed up: impressions and clicks of each pair of query and item at each position."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from itemvec.clicks.log import ClickLog
from itemvec.core.arrays import Doubles, Ints


@dataclass(frozen=True)
class Cells:
    """What estimates of position bias are made of.

    query, item
        The query and the item of each pair, int64 of shape (n_pairs,), sorted by query, then item.
    pair, position
        Pair and position (from 1) of each cell, int64 of shape (n_cells,), sorted by pair, then position.
    shown, clicked
        Impressions and clicks of each cell, float64 of shape (n_cells,), since a bootstrap gives them weights.
    """

    query: Ints
    item: Ints
    pair: Ints
    position: Ints
    shown: Doubles
    clicked: Doubles

    @classmethod
    def of(cls, log: ClickLog) -> Cells:
        """Sum up a log."""
        items, positions = (int(part.max(initial=0)) + 1 for part in (log.item, log.position))
        key = (log.query * items + log.item) * positions + log.position
        found, places = np.unique(key, return_inverse=True)
        pairs, pair = np.unique(found // positions, return_inverse=True)
        shown = np.bincount(places, minlength=len(found)).astype(np.float64)
        clicked = np.bincount(places, log.clicked, len(found)).astype(np.float64)
        return cls(pairs // items, pairs % items, pair.astype(np.int64), found % positions, shown, clicked)

    @property
    def n_positions(self) -> int:
        """The lowest place that was shown."""
        return int(self.position.max(initial=0))

    def per_position(self, values: Doubles) -> Doubles:
        """Sums of a value of each cell, float64 of shape (n_positions,)."""
        return np.bincount(self.position - 1, values, self.n_positions).astype(np.float64)

    def per_pair(self, values: Doubles) -> Doubles:
        """Sums of a value of each cell, float64 of shape (n_pairs,)."""
        return np.bincount(self.pair, values, len(self.query)).astype(np.float64)

    def resampled(self, rng: np.random.Generator) -> Cells:
        """As many queries drawn with replacement, for a bootstrap; a query that is not drawn has no impressions."""
        known = np.unique(self.query)
        drawn = known[rng.integers(len(known), size=len(known))]
        times = np.bincount(drawn, minlength=int(known[-1]) + 1)[self.query[self.pair]]
        return replace(self, shown=self.shown * times, clicked=self.clicked * times)
