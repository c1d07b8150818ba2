"""Item k-nearest neighbours: items similar to those of a history, by shared users."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray

from itemvec.core.arrays import Floats, Ints
from itemvec.core.options import NaturalFloat, Positive
from itemvec.core.progress import progress
from itemvec.core.top_k import NOTHING, Top, top_k
from itemvec.protocol.histories import Histories
from itemvec.recommenders.base import RECOMMENDERS, Score, Training
from itemvec.recommenders.item_item import check_shared, presence

SLAB = 1 << 26  # similarities that are turned round at a time: half a GB
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
        slabs = [slab.T.tocsr() for slab in self._slabs(training.histories)]

        def score(asked: Histories) -> Floats:
            shown = presence(asked)
            parts = [np.asarray((shown @ slab).toarray(), dtype=np.float32) for slab in slabs]
            return parts[0] if len(parts) == 1 else np.concatenate(parts, axis=1)

        return score

    def neighbours(self, histories: Histories) -> Any:
        """Similarities, scipy CSR of float32 and shape (n_items, n_items); row i holds the ``k`` nearest of item i."""
        from scipy.sparse import vstack

        return vstack(list(self._slabs(histories)), format="csr")

    def _slabs(self, histories: Histories) -> Iterator[Any]:
        """Rows of ``neighbours``, so many at a time that about ``SLAB`` similarities are kept."""
        from scipy.sparse import csr_array

        users = presence(histories)
        items = users.T.tocsr()  # (n_items, n_users)
        lengths = np.sqrt(np.diff(items.indptr)).astype(np.float32)
        rows: list[_Rows] = []
        with progress(histories.n_items, "fit", "items") as bar:
            for start, stop in pairwise(_cuts(items @ np.diff(users.indptr).astype(np.float64))):
                similar = (
                    items[start:stop] @ users
                ).tocsr()  # users they share; where there are none, nothing is stored
                similar.sort_indices()
                mine = start + np.repeat(np.arange(stop - start), np.diff(similar.indptr))
                similar.data /= lengths[mine] * lengths[similar.indices] + np.float32(self.shrink + TINY)
                similar.data[mine == similar.indices] = -np.inf
                rows.append(_nearest(similar, self.k))
                bar.update(stop - start)
                if stop == histories.n_items or sum(len(one.scores) for one in rows) >= SLAB:
                    scores, places, counts = (np.concatenate(some) for some in zip(*rows, strict=True))
                    rows = []
                    offsets = np.append(0, np.cumsum(counts)).astype(np.int32)  # as places: else scipy makes them int64
                    yield csr_array((scores, places, offsets), shape=(len(counts), histories.n_items))


class _Rows(NamedTuple):
    """Nearest items of some items: float32 scores and int32 places laid end to end, and how many each has."""

    scores: Floats
    places: NDArray[np.int32]
    counts: Ints


def _nearest(similar: Any, k: int) -> _Rows:
    """The best ``k`` of each row of a sparse matrix, CSR with ascending columns, of those above 0."""
    n = similar.shape[0]
    rows, scores, places = [np.empty(0, "i8")], [np.empty(0, "f4")], [np.empty(0, "i4")]
    for some, best in _best(similar, k):
        near = best.scores > 0
        rows.append(some[np.nonzero(near)[0]])
        scores.append(best.scores[near])
        places.append(best.positions[near].astype(np.int32))
    whose = np.concatenate(rows)
    order = np.argsort(whose, kind="stable")
    return _Rows(np.concatenate(scores)[order], np.concatenate(places)[order], np.bincount(whose, minlength=n))


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
