"""How far a mean can be trusted: intervals, paired tests, and their correction for many comparisons."""

import numpy as np
from scipy.stats import bootstrap

from itemvec.arrays import Doubles

RESAMPLES = 1999  # of an interval
PERMUTATIONS = 9999  # of a test
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


def paired_p(left: Doubles, right: Doubles, seed: int) -> float:
    """Two-sided p of the paired permutation test that two means are equal.

    Parameters
    ----------
    left, right
        One value per query in the same order, float64 of shape (n_queries,).
    """
    difference = left - right
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
