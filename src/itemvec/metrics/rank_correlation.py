"""Rank correlation with an interval: whether two quantities rise together."""

from __future__ import annotations

from dataclasses import dataclass
from math import atanh, sqrt, tanh

import numpy as np
from scipy.special import ndtri  # scipy.stats takes a second to import

from itemvec.core.arrays import Doubles

LEAST = 8  # points; an interval of fewer is nearly as wide as all that is possible


@dataclass(frozen=True)
class RankCorrelation:
    """Spearman's coefficient of ``n`` points, and its interval."""

    n: int
    rho: float
    low: float
    high: float

    @property
    def shown(self) -> bool:
        """Whether the interval excludes zero."""
        return self.low > 0 or self.high < 0


def rank_correlation(left: Doubles, right: Doubles, level: float = 0.05) -> RankCorrelation | None:
    """Spearman (1904), with the interval of Bonett and Wright (2000): Fisher's z of variance (1 + rho^2/2) / (n - 3).

    Parameters
    ----------
    left, right
        float64 of shape (n,), of the same points.

    Returns
    -------
    None for fewer than eight points, or where all points of one side are equal.
    """
    n = len(left)
    one, other = (_ranks(values) - (n + 1) / 2 for values in (left, right))
    spread = float(np.sqrt((one @ one) * (other @ other))) if n else 0.0
    if n < LEAST or spread == 0:
        return None
    rho = float(np.clip((one @ other) / spread, -1.0, 1.0))
    z = atanh(float(np.clip(rho, -1 + 1e-9, 1 - 1e-9)))
    half = float(-ndtri(level / 2)) * sqrt((1 + rho**2 / 2) / (n - 3))
    return RankCorrelation(n, rho, tanh(z - half), tanh(z + half))


def _ranks(values: Doubles) -> Doubles:
    """Ranks from 1; equal values share the mean of theirs."""
    _, which, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    found: Doubles = (last - (counts - 1) / 2)[which]
    return found
