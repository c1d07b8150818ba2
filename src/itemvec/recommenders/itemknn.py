"""Item k-nearest neighbours: items similar to those of a history, by shared users."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from itemvec.core.arrays import Floats, Ints
from itemvec.core.options import NaturalFloat, Positive
from itemvec.core.top_k import top_k
from itemvec.protocol.histories import Histories
from itemvec.recommenders.base import RECOMMENDERS, Score, Training
from itemvec.recommenders.item_item import check_shared, presence

PAIRS = 1 << 24  # similarities held at a time, dense: 64 MB
TINY = 1e-6  # of RecBole; two items without users have no similarity


@RECOMMENDERS.register("itemknn")
@dataclass(frozen=True)
class ItemKnn:
    """Score an item by the sum of its similarities to those of a history that are among its own nearest.

    The similarity of two items is the number of users they share, over the product of their lengths (as columns of the
    users x items matrix) plus ``shrink``. Source: Aiolli, "Efficient top-N recommendation for very large scale binary
    rated datasets" (RecSys 2013), as in RecBole's ItemKNN.

    Parameters
    ----------
    k
        How many nearest items count for each item.
    shrink
        Added to the product of the lengths, so that pairs with little evidence count less.
    """

    k: Positive = 100
    shrink: NaturalFloat = 0.0
    random: ClassVar[bool] = False
    needs_vectors: ClassVar[bool] = False

    def fit(self, training: Training) -> Score:
        """Find every item's neighbours, a block of items at a time."""
        check_shared(training.histories, "itemknn")
        weights = self.neighbours(training.histories).T.tocsr()

        def score(asked: Histories) -> Floats:
            return np.asarray((presence(asked) @ weights).toarray(), dtype=np.float32)

        return score

    def neighbours(self, histories: Histories) -> Any:
        """Similarities, scipy CSR of float32 and shape (n_items, n_items); row i holds the ``k`` nearest of item i."""
        from scipy.sparse import csr_array

        users = presence(histories)
        items = users.T.tocsr()  # (n_items, n_users)
        lengths = np.sqrt(np.diff(items.indptr)).astype(np.float32)
        parts: list[tuple[Floats, Ints, Ints]] = []
        step = max(1, PAIRS // max(histories.n_items, 1))
        for start in range(0, histories.n_items, step):
            similar = (items[start : start + step] @ users).toarray()  # users they share, (rows, n_items)
            rows = start + np.arange(len(similar))
            similar /= lengths[rows, None] * lengths + np.float32(self.shrink + TINY)
            similar[rows - start, rows] = 0
            best = top_k(similar, self.k)
            near = best.scores > 0
            parts.append((best.scores[near], rows[np.nonzero(near)[0]], best.positions[near]))
        scores, rows, columns = (np.concatenate(some) for some in zip(*parts, strict=True))
        return csr_array((scores, (rows, columns)), shape=(histories.n_items, histories.n_items))
