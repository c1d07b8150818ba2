"""Whether everything relevant was found."""

import numpy as np

from itemvec.core.arrays import Doubles
from itemvec.metrics.base import Ranked, metric


@metric
def complete_recall(ranked: Ranked, k: int) -> Doubles:
    """1 where all relevant items are among the first ``k`` ranks, else 0; float64 of shape (n_queries,).

        complete_recall@k = 1 if recall@k = 1
        complete_recall@k = 0 otherwise

    It is 0 for a query with more relevant items than ``k``, where MRecall (Min et al., arXiv 2104.08445) asks for ``k``
    of them.
    """
    found: Doubles = (np.count_nonzero(ranked.relevant(k), axis=1) == ranked.n_relevant).astype(float)
    return found
