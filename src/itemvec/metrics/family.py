"""Stand-in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from itemvec.core.arrays import Doubles
from itemvec.metrics.standard_error import Spread

FLIPS = 9999
NUMBERS = 1 << 22


@dataclass(frozen=True)
class Family:
    """Outcome."""

    mean: Doubles
    low: Doubles
    high: Doubles
    p: Doubles


def compare_family(differences: Doubles, seeds: list[Spread], seed: int) -> Family:
    """Max-t."""
    n, m = differences.shape
    mean = differences.mean(axis=0)
    if n < 2:
        return Family(mean, np.full(m, -np.inf), np.full(m, np.inf), np.ones(m))
    rest = differences - mean
    v = np.array([one.variance for one in seeds])
    df = np.array([one.degrees if np.isfinite(one.degrees) else 1e9 for one in seeds])
    se = np.sqrt(rest.var(axis=0, ddof=1) / n + v)
    ok = se > 0
    t = np.where(ok, mean / np.where(ok, se, 1), 0)
    rng = np.random.default_rng(seed)
    square = (rest**2).sum(axis=0) / n
    largest = []
    rows = max(1, NUMBERS // max(n, m))
    for start in range(0, FLIPS, rows):
        k = min(rows, FLIPS - start)
        signs = 2.0 * rng.integers(0, 2, size=(k, n), dtype=np.int8) - 1
        means = signs @ rest / n
        variance = np.maximum(square - means**2, 0) / (n - 1)
        chi = rng.chisquare(df, size=(k, m)) / df
        noise = rng.standard_normal((k, m)) * np.sqrt(v)
        errors = np.sqrt(variance + v * chi)
        stat = np.where(ok & (errors > 0), np.abs(means + noise) / np.where(errors > 0, errors, 1), 0)
        largest.append(stat.max(axis=1, initial=0))
    ordered = np.sort(np.concatenate(largest))
    cut = ordered[int(np.ceil(0.95 * (FLIPS + 1))) - 1]
    p = np.where(ok, (1 + FLIPS - np.searchsorted(ordered, np.abs(t) * (1 - 1e-9))) / (1 + FLIPS), 1.0)
    return Family(mean, mean - cut * se, mean + cut * se, p)


def against_best(values: Doubles, owners: object, seeds: list[Spread], seed: int) -> tuple[Doubles, Doubles]:
    """All pairs."""
    from itemvec.metrics.dependent_queries import by_owner

    m = values.shape[1]
    left, right = np.nonzero(~np.eye(m, dtype=bool))
    found = compare_family(
        by_owner(values[:, left] - values[:, right], owners, about=0),
        [seeds[i] + seeds[j] for i, j in zip(left, right, strict=True)],
        seed,
    )
    low = np.array([found.low[left == i].min() if m > 1 else 0.0 for i in range(m)])
    high = np.array([found.high[left == i].min() if m > 1 else 0.0 for i in range(m)])
    return low, high


def units_needed(difference: Doubles, seeds: Spread, margin: float, comparisons: int) -> int:
    """Stand-in."""
    from scipy.stats import norm

    d = abs(float(difference.mean()))
    gap = max(d, abs(margin - d), 1e-9)
    z = norm.ppf(1 - 0.025 / comparisons) + norm.ppf(0.8)
    return int(np.ceil((z * difference.std(ddof=1) / gap) ** 2))
