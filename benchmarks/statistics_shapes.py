"""Differences per query whose mean is known, in the shapes that tests find hard."""

from __future__ import annotations

from collections.abc import Callable
from math import erf, exp, sqrt

import numpy as np

from itemvec.core.arrays import Doubles

Shape = Callable[[np.random.Generator, tuple[int, ...]], Doubles]

DISCOUNTS = 1 / np.log2(np.arange(2, 12))  # nDCG@10 of one relevant item, by rank


def rare_loss(share: float, lost: float = 1.0) -> Shape:
    """``share`` of the queries lose ``lost``, all others win a little; mean zero."""

    def draw(rng: np.random.Generator, size: tuple[int, ...]) -> Doubles:
        return np.where(rng.random(size) < share, -lost, lost * share / (1 - share))

    return draw


def normal(rng: np.random.Generator, size: tuple[int, ...]) -> Doubles:
    """Normal with standard deviation 0.2, cut at -1 and 1."""
    return np.clip(rng.normal(0, 0.2, size), -1, 1)


def lognormal(rng: np.random.Generator, size: tuple[int, ...]) -> Doubles:
    """Most win a little, few lose much: a lognormal, turned round, cut at -1, less its mean."""
    scale = 0.1
    cut = np.log(1 / scale)  # mean of min(exp(Z), 1 / scale)
    mean = exp(0.5) * _cdf(cut - 1) + (1 - _cdf(cut)) / scale
    return np.asarray(scale * (mean - np.minimum(np.exp(rng.standard_normal(size)), 1 / scale)))


def _cdf(x: float) -> float:
    return 0.5 * (1 + erf(x / sqrt(2)))


def ranks(rng: np.random.Generator, size: tuple[int, ...]) -> Doubles:
    """A system that always finds the item at rank 3, less one that has it first or not at all, in nDCG."""
    return np.where(rng.random(size) < 0.5, 0.5, 0.5 - 1.0)


def two_rankings(rng: np.random.Generator, size: tuple[int, ...]) -> Doubles:
    """One draw of nDCG of ranks 1 to 10 and none, less another."""
    values = np.append(DISCOUNTS, 0.0)
    chances = np.append(0.5 ** np.arange(1, 11), 0.0)
    chances[-1] = 1 - chances.sum()
    chances = 0.6 * chances + 0.4 * np.eye(11)[10]
    left, right = (values[rng.choice(11, p=chances, size=size)] for _ in range(2))
    return np.asarray(left - right)


def mostly_equal(rng: np.random.Generator, size: tuple[int, ...]) -> Doubles:
    """Nine in ten queries have no difference, 8 % win 0.25, 2 % lose all."""
    return np.asarray(rng.choice([0.0, 0.25, -1.0], p=[0.9, 0.08, 0.02], size=size))


SHAPES: dict[str, Shape] = {
    "normal, sd 0.2": normal,
    "two rankings, nDCG@10": two_rankings,
    "steady against all or nothing": ranks,
    "lognormal losses": lognormal,
    "nine in ten equal, 2 % lose all": mostly_equal,
    "1 % lose all, others win": rare_loss(0.01),
    "2 % lose all, others win": rare_loss(0.02),
    "5 % lose all, others win": rare_loss(0.05),
    "2 % lose half, others win": rare_loss(0.02, 0.5),
}
