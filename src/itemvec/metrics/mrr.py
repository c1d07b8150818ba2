"""Reciprocal rank of the first relevant item."""

import numpy as np

from itemvec.core.arrays import Doubles
from itemvec.metrics.base import Ranked, metric


@metric
def mrr(ranked: Ranked, k: int) -> Doubles:
    """1 / rank of the first relevant item among the first ``k``, 0 if there is none; float64 of shape (n_queries,)."""
    relevant = ranked.relevant(k)
    first: Doubles = np.where(relevant.any(axis=1), 1 / (1 + relevant.argmax(axis=1)), 0.0)
    return first
