"""Share of the relevant items that were found."""

import numpy as np

from itemvec.core.arrays import Doubles
from itemvec.metrics.base import Ranked, metric


@metric
def recall(ranked: Ranked, k: int) -> Doubles:
    """Relevant items among the first ``k`` ranks over all relevant items, float64 of shape (n_queries,).

        recall@k = (relevant items among the first k ranks) / (relevant items)

    With more than ``k`` relevant items it cannot reach 1.
    """
    found: Doubles = np.count_nonzero(ranked.relevant(k), axis=1) / ranked.n_relevant
    return found
