"""Whether anything relevant was found."""

from itemvec.core.arrays import Doubles
from itemvec.metrics.base import Ranked, metric


@metric
def hit(ranked: Ranked, k: int) -> Doubles:
    """1 where a relevant item is among the first ``k`` ranks, else 0; float64 of shape (n_queries,)."""
    found: Doubles = ranked.relevant(k).any(axis=1).astype(float)
    return found
