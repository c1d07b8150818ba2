"""What is known of nDCG before all is judged: its expected value per query and system, and what is still open.

After Carterette, Allan and Sitaraman, "Minimal test collections for retrieval evaluation" (SIGIR 2006): an item that
nobody judged counts with the gain that is expected of it, and what it may change is a variance.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from itemvec.core.arrays import Doubles
from itemvec.judging.pool import Pool

PRIOR_MEAN, PRIOR_JUDGMENTS = 0.5, 4.0  # what is expected of any item, and how many judgments that is worth
ENOUGH = 20  # judgments from which their spread says how far gains lie from their mean
OF_QUERY = 2.0  # judgments that the mean of all queries is worth, for one query


@dataclass(frozen=True)
class Estimate:
    """Of all pairs of a pool, and of its queries.

    expected
        Gain of each pair as a share of the highest, float64 of shape (n_pairs,): the judged one, else the expected.
    variance
        Of that share, float64; 0 where it is judged.
    weights
        What a gain of 1 adds to nDCG by each system, float64 of shape (n_pairs, n_systems).
    ndcg
        Expected, float64 of shape (n_queries, n_systems).
    """

    expected: Doubles
    variance: Doubles
    weights: Doubles
    ndcg: Doubles

    def open_variance(self, one: int, other: int, pool: Pool) -> Doubles:
        """Of the difference of two systems in each query, float64 of shape (n_queries,), from what is not judged."""
        change = self.variance * (self.weights[:, one] - self.weights[:, other]) ** 2
        return pool.sums(change)


def estimate(pool: Pool, gains: Doubles, k: int) -> Estimate:
    """Estimate nDCG at ``k`` from the judgments so far.

    Parameters
    ----------
    gains
        Of each pair as a share of the highest gain, float64 of shape (n_pairs,); NaN where it is not judged.
    """
    judged, ranked = ~np.isnan(gains), pool.ranks.any(axis=1)  # what no system ranks says nothing of what is open
    known, seen = np.where(judged, gains, 0.0), (judged & ranked).astype(np.float64)
    whole = ((known * seen).sum() + PRIOR_MEAN * PRIOR_JUDGMENTS) / (seen.sum() + PRIOR_JUDGMENTS)
    by_query = (pool.sums(known * seen) + OF_QUERY * whole) / (pool.sums(seen) + OF_QUERY)
    spread = np.var(gains[seen > 0]) / max(whole * (1 - whole), 1e-9) if seen.sum() > ENOUGH else 1.0
    spread = np.clip(spread, 0.2, 1.0)
    mean = by_query[pool.row]
    expected = np.where(judged, known, mean)
    variance = np.where(judged, 0.0, spread * mean * (1 - mean))
    ideal = np.maximum(_ideal(pool, expected, k), 1e-9)
    weights = pool.discounts(k) / ideal[pool.row, None]
    ndcg = np.column_stack([pool.sums(expected * column) for column in weights.T])
    return Estimate(expected, variance, weights, np.minimum(ndcg, 1.0))


def _ideal(pool: Pool, expected: Doubles, k: int) -> Doubles:
    """DCG of the best order of each query; where nothing is relevant, that of one relevant item."""
    order = np.argsort(2.0 * pool.row - expected)  # by query, then by gain, which is 1 at most
    found = pool.sums(expected[order] * pool.ideal_discounts(k))
    return np.where(found > 0, found, 1.0)
