"""Reciprocal rank of the first relevant item."""

import numpy as np

from itemvec.core.arrays import Doubles
from itemvec.metrics.base import Ranked, metric


@metric
def mrr(ranked: Ranked, k: int) -> Doubles:
    """1 / rank of the first relevant item among the first ``k``, 0 if there is none; float64 of shape (n_queries,).

        mrr@k = 1 / (rank of the first relevant item), if that is k or less
        mrr@k = 0 otherwise

    Relevant items after the first do not count.
    """
    relevant = ranked.relevant(k)
    first: Doubles = np.where(relevant.any(axis=1), 1 / (1 + relevant.argmax(axis=1)), 0.0)
    return first
