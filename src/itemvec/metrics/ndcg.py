"""Normalised discounted cumulative gain."""

import numpy as np

from itemvec.core.arrays import Doubles
from itemvec.metrics.base import Ranked, metric


@metric
def ndcg(ranked: Ranked, k: int) -> Doubles:
    """Discounted gain of the first ``k`` ranks over that of the best ranking, float64 of shape (n_queries,).

        ndcg@k = DCG@k / (DCG@k of the best ranking)
        DCG@k  = sum over ranks r = 1 ... k of gain(r) / log2(r + 1)

    The gain is linear and the discount is log2(rank + 1), as in trec_eval (Järvelin and Kekäläinen, 2002).
    """
    discount = 1 / np.log2(np.arange(2, ranked.gains.shape[1] + 2))[:k]
    found: Doubles = ranked.gains[:, :k] @ discount
    best: Doubles = ranked.ideal[:, :k] @ discount
    return found / best
