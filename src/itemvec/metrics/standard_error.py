"""How far a mean is known that was estimated from few values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, sqrt

from itemvec.core.arrays import Doubles


@dataclass(frozen=True)
class Spread:
    """Variance of a mean, and the degrees of freedom that its estimate has: of three seeds, two.

    ``pool`` tells spreads that rest on one common estimate: of their sum, that estimate has no more degrees of freedom.
    """

    variance: float = 0.0
    degrees: float = inf
    pool: str = ""

    @classmethod
    def of(cls, values: Doubles) -> Spread:
        """Of the mean of independent values, float64 of shape (n,); none is known of a single one."""
        n = len(values)
        return cls(float(values.var(ddof=1)) / n, n - 1) if n > 1 else cls()

    @classmethod
    def pooled(cls, samples: Sequence[Doubles], pool: str) -> list[Spread]:
        """Of the means of several samples that are thought to vary alike, float64 of shape (n,) each.

        One variance is estimated from all that have more than one value; the others have none of their own.
        """
        several = [sample for sample in samples if len(sample) > 1]
        degrees = sum(len(sample) - 1 for sample in several)
        if not degrees:
            return [cls() for _ in samples]
        variance = sum(float(sample.var(ddof=1)) * (len(sample) - 1) for sample in several) / degrees
        return [cls(variance / len(sample), degrees, pool) if len(sample) > 1 else cls() for sample in samples]

    def __add__(self, other: Spread) -> Spread:
        """Of a sum or difference of independent means (Satterthwaite, 1946; Welch, 1947)."""
        variance = self.variance + other.variance
        if self.pool and self.pool == other.pool:
            return Spread(variance, self.degrees, self.pool)
        parts = self.variance**2 / self.degrees + other.variance**2 / other.degrees
        return Spread(variance, variance**2 / parts if parts else inf)

    @property
    def error(self) -> float:
        """Standard error of the mean."""
        return sqrt(self.variance)


DETERMINISTIC = Spread()
