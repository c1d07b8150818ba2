"""How far a mean can be trusted: intervals, paired tests, and their correction for many comparisons."""

import numpy as np
from scipy.stats import bootstrap, norm, t

from itemvec.core.arrays import Doubles
from itemvec.metrics.standard_error import Spread

RESAMPLES = 1999  # of an interval
PERMUTATIONS = 9999  # of a test
LEVEL = 0.05  # of p: what is below it counts as shown
BATCH = 1 << 22  # values drawn at a time


def interval(values: Doubles, seed: int) -> tuple[float, float]:
    """95 % percentile bootstrap interval of the mean of ``values``, float64 of shape (n_queries,)."""
    if len(values) < 2 or np.ptp(values) == 0:
        return float(values.mean()), float(values.mean())
    found = bootstrap(
        (values,),
        np.mean,
        n_resamples=RESAMPLES,
        batch=max(1, BATCH // len(values)),
        method="percentile",
        rng=np.random.default_rng(seed),
    )
    return float(found.confidence_interval.low), float(found.confidence_interval.high)


def widen(mean: float, low: float, high: float, seeds: Spread) -> tuple[float, float]:
    """Add what seeds of training add to a 95 % interval of queries: variances add up, and few seeds tell little."""
    if seeds.variance == 0:
        return low, high

    def half(of_queries: float) -> float:
        both = Spread((of_queries / norm.ppf(0.975)) ** 2) + seeds
        return float(t.ppf(0.975, both.degrees)) * both.error

    return mean - half(mean - low), mean + half(high - mean)


def paired_p(difference: Doubles, seeds: Spread, seed: int) -> float:
    """Two-sided p that the mean of paired differences is zero.

    Parameters
    ----------
    difference
        One value per query, float64 of shape (n_queries,).
    seeds
        What seeds of training add to the mean. The permutation test knows queries alone and would take the luck of a
        seed for a fact: the larger p of that test and of Welch's t-test with both spreads counts.
    """
    queries = _permutation_p(difference, seed)
    if seeds.variance == 0:
        return queries
    both = Spread.of(difference) + seeds
    return max(queries, float(2 * t.sf(abs(difference.mean()) / both.error, both.degrees)))


def _permutation_p(difference: Doubles, seed: int) -> float:
    """Share of sign flips whose sum is as far from zero as the observed one."""
    difference = difference[difference != 0]  # the sign of a zero changes nothing
    if not len(difference):
        return 1.0
    rng = np.random.default_rng(seed)
    observed = abs(difference.sum()) * (1 - 1e-9)  # a sum that differs by rounding alone is as extreme
    extreme, rows = 0, max(1, BATCH // len(difference))
    for start in range(0, PERMUTATIONS, rows):
        flips = rng.integers(0, 2, size=(min(rows, PERMUTATIONS - start), len(difference)), dtype=np.int8)
        sums = difference.sum() - 2 * (flips @ difference)
        extreme += int(np.count_nonzero(np.abs(sums) >= observed))
    return (1 + extreme) / (1 + PERMUTATIONS)


def holm(p: Doubles) -> Doubles:
    """Adjust p-values for their number (Holm, 1979), float64 of shape (n_comparisons,)."""
    order = np.argsort(p)
    factors = np.arange(len(p), 0, -1)
    adjusted = np.empty(len(p))
    adjusted[order] = np.minimum(1, np.maximum.accumulate(p[order] * factors))
    return adjusted
