"""EASE: the linear item-item model with a closed form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from itemvec.core.arrays import Floats
from itemvec.core.options import Positive, PositiveFloat
from itemvec.protocol.histories import Histories
from itemvec.recommenders.base import RECOMMENDERS, Score, Training
from itemvec.recommenders.item_item import check_shared, check_size, gram, ridge, scored_by
from itemvec.recommenders.sparse_ridge import sparse_ridge


@RECOMMENDERS.register("ease")
@dataclass(frozen=True)
class Ease:
    """Reconstruct every history from its other items, by ridge regression with a zero diagonal.

    Source: Steck, "Embarrassingly shallow autoencoders for sparse data" (arXiv 1905.03375), equation 8.

    Parameters
    ----------
    l2
        The ridge penalty.
    neighbours
        Reconstruct each item from this many nearest items alone: a sparse approximation, for up to 1,000,000 items. By
        default from all, up to 30,000 items.
    """

    l2: PositiveFloat = 250.0
    neighbours: Positive | None = None
    random: ClassVar[bool] = False
    needs_vectors: ClassVar[bool] = False

    def check_size(self, n_items: int) -> None:
        """Refuse a catalogue that is too large for a dense matrix, or for comparing each item with all."""
        check_size(n_items, "ease", self.neighbours)

    def fit(self, training: Training) -> Score:
        """Invert the regularised Gram matrix, or a part of it for each item."""
        check_shared(training.histories, "ease")
        if self.neighbours is None:
            return scored_by(self.weights(training.histories))
        return scored_by(sparse_ridge(training.histories, self.l2, self.neighbours))

    def weights(self, histories: Histories) -> Floats:
        """Item-item weights, float32 of shape (n_items, n_items), with a zero diagonal."""
        return ridge(gram(histories, "ease"), self.l2)
