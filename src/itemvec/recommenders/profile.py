"""Zero-shot recommender without training: items close to the mean text vector of the history."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from itemvec.core.arrays import Floats
from itemvec.core.options import PositiveFloat
from itemvec.protocol.histories import Histories
from itemvec.recommenders.base import RECOMMENDERS, Score, Training


@RECOMMENDERS.register("profile")
@dataclass(frozen=True)
class Profile:
    """Cosine between an item and the mean of a history's unit vectors, the recent ones weighing more.

    It trains nothing.

    Parameters
    ----------
    half_life
        After how many steps back in time the weight of an item is halved.
    """

    half_life: PositiveFloat = 5.0
    random: ClassVar[bool] = False
    needs_vectors: ClassVar[bool] = True

    def fit(self, training: Training) -> Score:
        """Scale the item vectors to unit length."""
        vectors = training.text("profile")
        units = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)  # (n_items, dim)

        def score(asked: Histories) -> Floats:
            weights = np.exp2(-asked.ages / self.half_life).astype(np.float32)
            profiles = asked.matrix(weights) @ units  # (n_users, dim)
            profiles /= np.maximum(np.linalg.norm(profiles, axis=1, keepdims=True), 1e-12)
            return np.asarray(profiles @ units.T, dtype=np.float32)

        return score
