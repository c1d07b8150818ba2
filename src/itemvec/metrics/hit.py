"""Whether anything relevant was found."""

from itemvec.core.arrays import Doubles
from itemvec.metrics.base import Ranked, metric


@metric
def hit(ranked: Ranked, k: int) -> Doubles:
    """1 where a relevant item is among the first ``k`` ranks, else 0; float64 of shape (n_queries,).

        hit@k = 1 if (relevant items among the first k ranks) > 0
        hit@k = 0 otherwise

    It is also known as success@k.
    """
    found: Doubles = ranked.relevant(k).any(axis=1).astype(float)
    return found
