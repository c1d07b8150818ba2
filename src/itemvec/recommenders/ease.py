"""EASE: the linear item-item model with a closed form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from itemvec.arrays import Floats
from itemvec.errors import ParamsError
from itemvec.histories import Histories
from itemvec.options import PositiveFloat
from itemvec.recommenders.base import RECOMMENDERS, Score, Training

LARGEST = 30_000  # items: the Gram matrix and its inverse then take 14 GB in float64


@RECOMMENDERS.register("ease")
@dataclass(frozen=True)
class Ease:
    """Reconstruct every history from its other items, with ridge penalty ``l2`` and a zero diagonal.

    Source: Steck, "Embarrassingly shallow autoencoders for sparse data" (arXiv 1905.03375), equation 8.
    """

    l2: PositiveFloat = 250.0
    random: ClassVar[bool] = False
    needs_vectors: ClassVar[bool] = False

    def fit(self, training: Training) -> Score:
        """Invert the regularised Gram matrix, by one Cholesky decomposition."""
        weights = self.weights(training.histories)

        def score(asked: Histories) -> Floats:
            return np.asarray(_binary(asked) @ weights, dtype=np.float32)

        return score

    def weights(self, histories: Histories) -> Floats:
        """Item-item weights, float32 of shape (n_items, n_items), with a zero diagonal."""
        from scipy.linalg import cho_factor, cho_solve

        if histories.n_items > LARGEST:
            raise ParamsError(f"ease: {histories.n_items:,} items are more than the {LARGEST:,} a dense inverse allows")
        matrix = _binary(histories)
        gram = (matrix.T @ matrix).astype(np.float64).toarray(order="F")  # the order that LAPACK works on in place
        gram[np.diag_indices_from(gram)] += self.l2
        unit = np.eye(len(gram), order="F")
        weights = cho_solve(cho_factor(gram, overwrite_a=True), unit, overwrite_b=True)
        weights /= -np.diag(weights)
        np.fill_diagonal(weights, 0.0)
        return np.asarray(weights, dtype=np.float32)


def _binary(histories: Histories) -> Any:
    """Sparse users x items matrix of ones, however often a user came back to an item."""
    matrix = histories.matrix()
    matrix.data[:] = 1
    return matrix
