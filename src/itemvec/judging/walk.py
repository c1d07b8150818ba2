"""The expected difference of two systems on its way to all judgments, and what the test will say at the end.

Stochastic curtailment (Lan, Simon and Halperin, Communications in Statistics C 1, 1982): stop when the test at the end
will show the difference with a probability of ``SURE``, even if nothing that is open speaks for the leading system. The
expected difference moves without a trend then, and its variance is that of what nobody judged. However often one looks,
equal systems are called different with a probability of the level over ``SURE`` at most.

The test is that of `dvc repro` with half the level on either side: there a system is held against the best one alone,
so that each of two equal systems is shown to be worse with the whole level.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri  # scipy.stats takes a second to import

from itemvec.core.arrays import Doubles
from itemvec.judging.estimate import Estimate
from itemvec.judging.pool import Pool
from itemvec.metrics import LEVEL
from itemvec.metrics.bounded_mean import AdverseSample
from itemvec.metrics.guarded_scores import Guarded

SURE = 0.95  # probability that all judgments show what is called decided
LEAST = 0.02  # share of what can be known, from which a trend is worth a word
NOTHING = 1e-15  # variance: below it nothing is open


@dataclass(frozen=True)
class Walk:
    """The difference of two systems on the way to all judgments.

    differences
        Expected, of each query that counts, float64 of shape (n_queries,).
    still
        Mean over these queries of the variance that is open.
    critical
        Scores that the test asks for: of the largest of the comparisons, and of each by itself.
    """

    differences: Doubles
    still: float
    critical: tuple[float, float]

    @classmethod
    def of(cls, found: Estimate, pool: Pool, best: int, other: int, counted: NDArray[np.bool_]) -> Walk:
        """Of two systems, over the queries that count."""
        differences = (found.ndcg[:, best] - found.ndcg[:, other])[counted]
        still = float(found.open_variance(best, other, pool)[counted].mean())
        critical = tuple(float(-ndtri(LEVEL / 2 / times)) for times in (len(pool.systems) - 1, 1))
        return cls(differences, still, (critical[0], critical[1]))

    @cached_property
    def mean(self) -> float:
        """The expected difference."""
        return float(self.differences.mean())

    @cached_property
    def seen(self) -> float:
        """Variance of the differences that is explained."""
        return float(np.var(self.differences, ddof=1))

    @property
    def known(self) -> float:
        """Share of the variance that is explained."""
        return self.seen / (self.seen + self.still) if self.still > NOTHING else 1.0

    def at_end(self, mean: float) -> Doubles:
        """Differences that spread as those of all judgments, around ``mean``."""
        wider = ((self.seen + self.still) / self.seen) ** 0.5 if self.seen > 0 else 1.0
        return mean + wider * (self.differences - self.mean)

    def margins(self, shares: Doubles | None = None) -> Doubles:
        """By how much the score at the end exceeds what is asked for, after each share of what is open, by the trend.

        Parameters
        ----------
        shares
            Of the variance that is still open, float64; None for now alone.
        """
        shares = np.zeros(1) if shares is None else shares
        if self.known < LEAST:
            return np.full(len(shares), -np.inf)
        means = self.mean * (1 + (1 / self.known - 1) * shares)
        worst = means - float(ndtri(SURE)) * np.sqrt(self.still * (1 - shares) / len(self.differences))
        values = np.column_stack([self.at_end(one) for one in worst])
        noise = np.zeros(len(shares)), np.full(len(shares), np.inf)
        alone: Doubles = AdverseSample.of(values, -1.0, *noise).scores() - self.critical[1]
        if (alone <= 0).all():
            return alone  # the other score cannot help
        return np.minimum(self._guarded(values).scores(1.0)[0] - self.critical[0], alone)

    @property
    def trend(self) -> float:
        """The difference by all judgments if it grows as it did so far: what is open counts as alike in ``mean``."""
        return min(self.mean / self.known, 1.0) if self.known >= LEAST else self.mean

    def interval(self) -> tuple[float, float]:
        """Of the difference, at the level of the test: from no more trend to the trend so far.

        ``low`` is above 0 where ``margins`` is now.
        """
        shift = float(ndtri(SURE)) * (self.still / len(self.differences)) ** 0.5
        ends = [
            self._guarded(self.at_end(end)[:, None]).lower_bounds(sign, self.critical[1])
            for sign, end in ((1.0, self.mean - shift), (-1.0, self.trend + shift))
        ]
        return float(ends[0][0]), min(-float(ends[1][0]), 1.0)

    def _guarded(self, values: Doubles) -> Guarded:
        noise = np.zeros(values.shape[1]), np.full(values.shape[1], np.inf)
        return Guarded(values, *noise, 1.0, self.critical[0])
