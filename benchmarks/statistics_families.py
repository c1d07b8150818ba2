"""Families of comparisons drawn at random, with training seeds where asked; shared by benchmarks/statistics_*.py."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from itemvec.core.arrays import Doubles
from itemvec.metrics import Spread

SEED_NOISE = 0.005  # standard deviation of a system's mean by its training seed


@dataclass(frozen=True)
class Drawn:
    """Differences of a family, float64 of shape (n_queries, n_comparisons), and what seeds add to each mean."""

    differences: Doubles
    seeds: list[Spread]


def draw(rng: np.random.Generator, n: int, m: int, n_seeds: int = 1, skewed: bool = True) -> Drawn:
    """Comparisons of mean zero that go together, whose queries differ in how much they can move.

    Nine metrics of each pair share a part; of them, a third are made of many zeros and a third are skewed, most winning
    a little and few losing much.
    """
    scale = rng.gamma(2, 0.5, size=(n, 1))  # hard queries move all systems
    pairs = np.repeat(rng.standard_normal((n, -(-m // 9))), 9, axis=1)[:, :m]
    values = scale * (0.7 * pairs + 0.7 * rng.standard_normal((n, m)))
    kinds = np.arange(m) % 3
    if skewed:
        turned = 1.0 - np.exp(np.minimum(values[:, kinds == 1], 3.0))
        values[:, kinds == 1] = turned - _mean_of_turned()
    values[:, kinds == 2] *= rng.random((n, int((kinds == 2).sum()))) < 0.3
    values = np.clip(0.15 * values, -1, 1)
    if n_seeds == 1:
        return Drawn(values, [Spread()] * m)
    runs = [rng.normal(0, SEED_NOISE, size=(n_seeds, m)) for _ in range(2)]  # two systems of a comparison
    spreads = [Spread.of(left) + Spread.of(right) for left, right in zip(runs[0].T, runs[1].T, strict=True)]
    return Drawn(values + runs[0].mean(axis=0) - runs[1].mean(axis=0), spreads)


_TURNED: list[float] = []


def _mean_of_turned() -> float:
    """Mean of the skewed values, cut as they are, from ten million draws."""
    if not _TURNED:
        rng = np.random.default_rng(0)
        values = rng.gamma(2, 0.5, 10_000_000) * np.hypot(0.7, 0.7) * rng.standard_normal(10_000_000)
        turned = 1.0 - np.exp(np.minimum(values, 3.0))
        low, high = -40.0, 40.0  # the shift after which values cut at -1 / 0.15 have mean zero
        while high - low > 1e-6:
            middle = (low + high) / 2
            mean = np.clip(turned - middle, -1 / 0.15, 1 / 0.15).mean()
            low, high = (middle, high) if mean > 0 else (low, middle)
        _TURNED.append((low + high) / 2)
    return _TURNED[0]
