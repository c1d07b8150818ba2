"""Item k-nearest neighbours: items similar to those of a history, by shared users."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, ClassVar

import numpy as np

from itemvec.core.arrays import Floats, Ints
from itemvec.core.options import NaturalFloat, Positive
from itemvec.core.progress import progress
from itemvec.core.top_k import NOTHING, Top, top_k
from itemvec.protocol.histories import Histories
from itemvec.recommenders.base import RECOMMENDERS, Score, Training
from itemvec.recommenders.item_item import check_shared, presence

PAIRS = 1 << 24  # of items that a user has both of, counted at a time: some hundred MB
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
        with progress(histories.n_items, "fit", "items") as bar:
            for start, stop in pairwise(_cuts(items @ np.diff(users.indptr).astype(np.float64))):
                similar = (
                    items[start:stop] @ users
                ).tocsr()  # users they share; where there are none, nothing is stored
                similar.sort_indices()
                rows = start + np.repeat(np.arange(stop - start), np.diff(similar.indptr))
                similar.data /= lengths[rows] * lengths[similar.indices] + np.float32(self.shrink + TINY)
                similar.data[rows == similar.indices] = -np.inf
                for some, best in _best(similar, self.k):
                    near = best.scores > 0
                    parts.append((best.scores[near], start + some[np.nonzero(near)[0]], best.positions[near]))
                bar.update(stop - start)
        scores, rows, columns = (np.concatenate(some) for some in zip(*parts, strict=True))
        return csr_array((scores, (rows, columns)), shape=(histories.n_items, histories.n_items))


def _cuts(pairs: Any) -> list[int]:
    """Where to cut the items so that each block has about ``PAIRS`` of the ``pairs``, or one item."""
    blocks = np.cumsum(pairs) // PAIRS
    return [0, *(np.flatnonzero(np.diff(blocks)) + 1).tolist(), len(pairs)]


def _best(similar: Any, k: int) -> Iterator[tuple[Ints, Top]]:
    """Rows of a sparse matrix, CSR with ascending columns, and the best ``k`` of what is stored in each.

    Rows of like length come together, so that little is added to make them equally long.
    """
    lengths = np.diff(similar.indptr)
    sizes = np.ceil(np.log2(np.maximum(lengths, 1)))
    for size in np.unique(sizes[lengths > 0]):
        rows = np.flatnonzero(sizes == size)
        step = max(1, PAIRS >> int(size))
        for some in np.split(rows, range(step, len(rows), step)):
            slots = np.arange(lengths[some].max())
            filled = slots < lengths[some, None]
            places = (similar.indptr[some, None] + slots)[filled]
            scores, columns = (np.full(filled.shape, empty, kind) for empty, kind in ((-np.inf, "f4"), (NOTHING, "i8")))
            scores[filled], columns[filled] = similar.data[places], similar.indices[places]
            top = top_k(scores, k)
            yield some, Top(np.take_along_axis(columns, np.maximum(top.positions, 0), axis=1), top.scores)
