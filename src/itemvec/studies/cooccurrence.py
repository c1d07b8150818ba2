"""Co-occurrence of items in user histories: users of both, the number expected by chance, and EASE weights."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from itemvec.core.arrays import Doubles, Floats, Ints
from itemvec.protocol.histories import Histories
from itemvec.recommenders.ease import Ease


@dataclass(frozen=True)
class Engagement:
    """Co-occurrence counts of some items, over the users who had any of them.

    items
        Positions in the catalogue, int64 of shape (n,), ascending.
    users
        Number of users.
    counts
        Number of users of each item, float64 of shape (n,).
    together
        Number of users who had both items, float32 of shape (n, n); the diagonal is zero.
    weights
        What EASE adds to the score of the column's item for having the row's; float32 of shape (n, n).
    """

    items: Ints
    users: int
    counts: Doubles
    together: Floats
    weights: Floats

    @classmethod
    def of(cls, histories: Histories, most: int) -> Engagement:
        """Count over all histories, for the ``most`` items with the most users; ties in order of position."""
        matrix = histories.matrix()
        matrix.data[:] = 1
        popularity = matrix.sum(axis=0)
        chosen = np.sort(np.argsort(-popularity, kind="stable")[:most])
        chosen = chosen[popularity[chosen] > 0]
        some = _restricted(histories, chosen)
        counted = matrix[:, chosen]
        together = (counted.T @ counted).toarray()
        np.fill_diagonal(together, 0)
        counts = popularity[chosen].astype(np.float64)
        return cls(chosen, len(some), counts, together, Ease().weights(some))

    @property
    def expected(self) -> Floats:
        """Number of users of both items that independence would give, float32 of shape (n, n)."""
        return np.asarray(np.outer(self.counts, self.counts) / max(self.users, 1), dtype=np.float32)


def _restricted(histories: Histories, items: Ints) -> Histories:
    """The histories with only these items, without users who then have none."""
    place = np.full(histories.n_items, -1)
    place[items] = np.arange(len(items))
    kept = place[histories.items] >= 0
    lengths = np.bincount(histories.rows[kept], minlength=len(histories))
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    whole = Histories(histories.users, place[histories.items[kept]], offsets, len(items))
    return whole.select(lengths > 0)
