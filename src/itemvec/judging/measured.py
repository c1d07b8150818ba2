"""What `dvc repro` would say of the judgments so far: what nobody judged is not relevant."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri  # scipy.stats takes a second to import

from itemvec.core.arrays import Doubles
from itemvec.judging.estimate import estimate
from itemvec.judging.pool import Pool
from itemvec.metrics import DETERMINISTIC, LEVEL, best_set
from itemvec.metrics.guarded_scores import Guarded

CLOSE = 0.1  # score: where the test is not closer, what it draws need not be drawn


@dataclass(frozen=True)
class Rule:
    """How a run is measured.

    k
        Ranks that the metric looks at.
    least_gain
        Queries without an item of this gain, as a share of the highest, do not count.
    seed, draws
        Of the test.
    """

    k: int
    least_gain: float = 0.0
    seed: int = 0
    draws: int = 9999

    def counts(self, pool: Pool, gains: Doubles) -> NDArray[np.bool_]:
        """Whether each query has a relevant item, bool of shape (n_queries,)."""
        found: NDArray[np.bool_] = pool.sums(((gains > 0) & (gains >= self.least_gain)).astype(np.float64)) > 0
        return found


def shown_better(pool: Pool, gains: Doubles, best: int, rule: Rule) -> NDArray[np.bool_]:
    """Which systems `dvc repro` would show to be worse than ``best`` now, bool of shape (n_systems,).

    This is the test of its verdict, ``best_set``, on the queries with a relevant item.

    Parameters
    ----------
    gains
        Of each pair as a share of the highest gain, float64 of shape (n_pairs,); NaN where it is not judged.
    """
    known = np.nan_to_num(gains)
    values = estimate(pool, known, rule.k).ndcg[rule.counts(pool, known)]
    n_queries, n_systems = values.shape
    if n_queries < 2:
        return np.zeros(n_systems, dtype=bool)
    noise = np.zeros(n_systems), np.full(n_systems, np.inf)
    of_family, alone = Guarded(values[:, [best]] - values, *noise, 1.0).scores(1.0)
    least, most = -ndtri(LEVEL), -ndtri(LEVEL / max(n_systems - 1, 1))  # of the largest of so many scores
    possible: NDArray[np.bool_] = (alone > least) & (of_family > least - CLOSE)
    if (of_family[possible] > most + CLOSE).all():
        return possible
    tested = best_set(values, [DETERMINISTIC] * n_systems, rule.seed, draws=rule.draws)
    found: NDArray[np.bool_] = tested.p[:, best] < LEVEL
    return found
