"""How far a mean is known that was estimated from few values."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, sqrt

from itemvec.core.arrays import Doubles


@dataclass(frozen=True)
class Spread:
    """Variance of a mean, and the degrees of freedom that its estimate has: of three seeds, two."""

    variance: float = 0.0
    degrees: float = inf

    @classmethod
    def of(cls, values: Doubles) -> Spread:
        """Of the mean of independent values, float64 of shape (n,); none is known of a single one."""
        n = len(values)
        return cls(float(values.var(ddof=1)) / n, n - 1) if n > 1 else cls()

    def __add__(self, other: Spread) -> Spread:
        """Of a sum or difference of independent means (Satterthwaite, 1946; Welch, 1947)."""
        variance = self.variance + other.variance
        parts = self.variance**2 / self.degrees + other.variance**2 / other.degrees
        return Spread(variance, variance**2 / parts if parts else inf)

    @property
    def error(self) -> float:
        """Standard error of the mean."""
        return sqrt(self.variance)


DETERMINISTIC = Spread()
