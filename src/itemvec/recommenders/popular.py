"""Popularity baseline: the most popular items, the same list for every user."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from itemvec.core.arrays import Floats
from itemvec.protocol.histories import Histories
from itemvec.recommenders.base import RECOMMENDERS, Score, Training


@RECOMMENDERS.register("popular")
@dataclass(frozen=True)
class Popular:
    """Rank items by their number of interactions in training."""

    random: ClassVar[bool] = False
    needs_vectors: ClassVar[bool] = False

    def fit(self, training: Training) -> Score:
        """Count the interactions of each item."""
        histories = training.histories
        counts = np.bincount(histories.items, minlength=histories.n_items).astype(np.float32)

        def score(asked: Histories) -> Floats:
            return np.tile(counts, (len(asked), 1))

        return score
