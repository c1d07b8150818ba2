"""Tests that a mean is zero, each of many columns at once; what benchmarks/statistics_asymmetry.py compares."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.stats import norm, t

from itemvec.core.arrays import Doubles
from itemvec.metrics.bounded_mean import AdverseSample

DRAWS = 999

Candidate = Callable[[Doubles, np.random.Generator], Doubles]  # (n_queries, n_columns) -> two-sided p, (n_columns,)


def _statistics(values: Doubles) -> tuple[Doubles, Doubles, Doubles]:
    """Mean, its standard error (never 0), and skewness."""
    mean, sd = values.mean(axis=0), values.std(axis=0, ddof=1)
    skewness = np.divide(((values - mean) ** 3).mean(axis=0), sd**3, out=np.zeros_like(sd), where=sd > 1e-12)
    return mean, np.maximum(sd, 1e-12) / np.sqrt(len(values)), skewness


def sign_flips(values: Doubles, rng: np.random.Generator) -> Doubles:
    """Share of sign flips whose sum is as far from zero."""
    signs = rng.integers(0, 2, size=(DRAWS, len(values))).astype(np.float32) * 2 - 1
    sums = np.abs(signs @ values.astype(np.float32))
    return np.asarray((1 + (sums >= np.abs(values.sum(axis=0)) * (1 - 1e-5)).sum(axis=0)) / (1 + DRAWS))


def student(values: Doubles, rng: np.random.Generator) -> Doubles:  # noqa: ARG001
    """Student's t."""
    mean, error, _ = _statistics(values)
    return np.asarray(2 * t.sf(np.abs(mean) / error, len(values) - 1))


def hall(values: Doubles, rng: np.random.Generator) -> Doubles:  # noqa: ARG001
    """Student's t corrected for skewness by a monotone cubic (Hall, 1992; after Johnson, 1978)."""
    mean, error, skewness = _statistics(values)
    z, a = mean / error, skewness / np.sqrt(len(values))
    return np.asarray(2 * t.sf(np.abs(z + a * z**2 / 3 + a**2 * z**3 / 27 + a / 6), len(values) - 1))


def bootstrap_t(values: Doubles, rng: np.random.Generator) -> Doubles:
    """Share of resamples whose studentised mean is as far out, twice that of the smaller tail."""
    mean, error, _ = _statistics(values)
    counts = rng.multinomial(len(values), np.full(len(values), 1 / len(values)), size=DRAWS).astype(np.float64)
    means = counts @ values / len(values)
    variances = np.maximum(counts @ values**2 / len(values) - means**2, 1e-24)
    drawn = (means - mean) / np.sqrt(variances / (len(values) - 1))
    above = (1 + (drawn >= mean / error).sum(axis=0)) / (1 + DRAWS)
    below = (1 + (drawn <= mean / error).sum(axis=0)) / (1 + DRAWS)
    return np.asarray(np.minimum(1, 2 * np.minimum(above, below)))


def student_adverse(values: Doubles, rng: np.random.Generator) -> Doubles:
    """Student's t with one more query that loses all, or wins all: the larger p."""
    both = []
    for worst, sign in ((-1.0, 1), (1.0, -1)):
        mean, error, _ = _statistics(np.vstack([values, np.full(values.shape[1], worst)]))
        both.append(2 * t.sf(np.maximum(sign * mean / error, 0), len(values)))
    del rng
    return np.asarray(np.minimum(*both))


def _scores(values: Doubles, floor: float) -> Doubles:
    none = np.zeros(values.shape[1])
    sides = [AdverseSample.of(sign * values, floor, none, none + np.inf).scores() for sign in (1, -1)]
    return np.asarray(np.maximum(*sides))


def adverse_weights(values: Doubles, rng: np.random.Generator) -> Doubles:  # noqa: ARG001
    """What itemvec does: random weights with one more query that loses, or wins, all."""
    return np.asarray(np.where((found := _scores(values, -1.0)) > 0, 2 * norm.sf(found), 1.0))


CANDIDATES: dict[str, Candidate] = {
    "sign flips": sign_flips,
    "Student": student,
    "Hall": hall,
    "bootstrap-t": bootstrap_t,
    "Student, adverse query": student_adverse,
    "random weights, adverse query": adverse_weights,
}
