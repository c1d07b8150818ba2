"""EASE: the linear item-item model with a closed form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from itemvec.core.arrays import Floats
from itemvec.core.options import PositiveFloat
from itemvec.protocol.histories import Histories
from itemvec.recommenders.base import RECOMMENDERS, Score, Training
from itemvec.recommenders.item_item import check_shared, gram, presence, ridge


@RECOMMENDERS.register("ease")
@dataclass(frozen=True)
class Ease:
    """Reconstruct every history from its other items, by ridge regression with a zero diagonal.

    Source: Steck, "Embarrassingly shallow autoencoders for sparse data" (arXiv 1905.03375), equation 8.

    Parameters
    ----------
    l2
        The ridge penalty.
    """

    l2: PositiveFloat = 250.0
    random: ClassVar[bool] = False
    needs_vectors: ClassVar[bool] = False

    def fit(self, training: Training) -> Score:
        """Invert the regularised Gram matrix."""
        check_shared(training.histories, "ease")
        weights = self.weights(training.histories)

        def score(asked: Histories) -> Floats:
            return np.asarray(presence(asked) @ weights, dtype=np.float32)

        return score

    def weights(self, histories: Histories) -> Floats:
        """Item-item weights, float32 of shape (n_items, n_items), with a zero diagonal."""
        return ridge(gram(histories, "ease"), self.l2)
