"""EASE with text: a closed-form model of interactions and item vectors together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np

from itemvec.core.arrays import Doubles, Floats
from itemvec.core.options import NaturalFloat, Positive, PositiveFloat
from itemvec.protocol.histories import Histories
from itemvec.recommenders.base import RECOMMENDERS, Score, Training
from itemvec.recommenders.item_item import check_size, gram, ridge, scored_by
from itemvec.recommenders.sparse_ridge import sparse_ridge

COLUMNS = 1024  # columns of the similarity matrix computed at a time


@RECOMMENDERS.register("text-ease")
@dataclass(frozen=True)
class TextEase:
    """``ease`` that also learns from the item vectors: a probe of a variant in seconds.

    Each dimension of the vectors counts as a user that has every item to some degree, so that items which no user
    shares can still be compared, unseen ones among them.

    Parameters
    ----------
    l2
        The ridge penalty.
    alpha
        How much the inner products of the item vectors count in the Gram matrix. 0 is ``ease``.
    scale
        What is done to the vectors first. ``centred``: subtract their mean, then scale to unit length. ``unit``:
        scale to unit length. ``none``: nothing.
    neighbours
        Reconstruct each item from this many nearest items alone, as in ``ease``.
    """

    l2: PositiveFloat = 250.0
    alpha: NaturalFloat = 10.0
    scale: Literal["centred", "unit", "none"] = "centred"
    neighbours: Positive | None = None
    random: ClassVar[bool] = False
    needs_vectors: ClassVar[bool] = True

    def check_size(self, n_items: int) -> None:
        """Refuse a catalogue that is too large for a dense matrix, or for comparing each item with all."""
        check_size(n_items, "text-ease", self.neighbours)

    def fit(self, training: Training) -> Score:
        """Invert the regularised Gram matrix, or a part of it for each item."""
        vectors = training.text("text-ease")
        if self.neighbours is None:
            return scored_by(self.weights(training.histories, vectors))
        texts = np.asarray(np.sqrt(self.alpha) * self._scaled(vectors), dtype=np.float32)
        return scored_by(sparse_ridge(training.histories, self.l2, self.neighbours, texts))

    def weights(self, histories: Histories, vectors: Floats) -> Floats:
        """Item-item weights, float32 of shape (n_items, n_items), with a zero diagonal."""
        texts = self._scaled(vectors)
        shared = gram(histories, "text-ease")
        for start in range(0, len(texts), COLUMNS):
            some = texts[start : start + COLUMNS]
            shared[:, start : start + COLUMNS] += self.alpha * (texts @ some.T)
        return ridge(shared, self.l2)

    def _scaled(self, vectors: Floats) -> Doubles:
        texts = np.asarray(vectors, dtype=np.float64)
        if self.scale == "centred":
            texts = texts - texts.mean(axis=0)
        if self.scale != "none":
            texts = texts / np.maximum(np.linalg.norm(texts, axis=1, keepdims=True), 1e-12)
        return texts
