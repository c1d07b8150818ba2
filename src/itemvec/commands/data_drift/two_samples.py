"""Two-sample tests by permutation: exact for any distribution, if the texts of both samples are drawn alike."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from itemvec.core.arrays import Doubles, Floats, Ints

PERMUTATIONS = 999
LEVEL = 0.05


class Shift(NamedTuple):
    """A difference of two samples.

    size
        From 0, none, to 1, nothing in common.
    p
        Share of relabellings that give as much; from 1 / 1000.
    """

    size: float
    p: float


def energy_shift(one: Floats, other: Floats, seed: int) -> Shift:
    """Whether two samples of vectors have the same distribution, by the energy distance.

    The size is the energy coefficient of inhomogeneity (Szekely and Rizzo, "Energy statistics", 2013): the energy
    distance over twice the mean distance between the samples.

    Parameters
    ----------
    one, other
        float32 of shape (n, dim) and (m, dim).
    """
    whole = np.concatenate([one, other]).astype(np.float64)
    squares = (whole * whole).sum(axis=1)
    distances = np.sqrt(np.maximum(squares[:, None] + squares - 2 * whole @ whole.T, 0))
    np.fill_diagonal(distances, 0)
    labels = _labels(len(one), len(other), seed)
    return _shift(_energy(distances, labels))


def share_shift(one: Sequence[str], other: Sequence[str], seed: int) -> Shift:
    """Whether two samples of categories have the same distribution, by the chi-squared statistic.

    The size is the total variation distance: the share of texts that would have to change their category.
    """
    names, codes = np.unique(np.array([*one, *other], dtype=object).astype(str), return_inverse=True)
    labels = _labels(len(one), len(other), seed)
    member = np.zeros((len(codes), len(names)))
    member[np.arange(len(codes)), codes] = 1
    first, totals = labels.T @ member, member.sum(axis=0)  # (permutations, n_names), (n_names,)
    expected = totals * len(one) / len(codes)
    statistics = ((first - expected) ** 2 / expected).sum(axis=1)
    size = float(np.abs(first[0] / len(one) - (totals - first[0]) / len(other)).sum() / 2)
    return Shift(size, _p(statistics))


def holm(p: Sequence[float]) -> list[float]:
    """Values of p, adjusted so that the chance of a single false claim keeps below the level (Holm, 1979)."""
    order = np.argsort(p, kind="stable")
    found = np.empty(len(p))
    found[order] = np.maximum.accumulate(np.minimum(np.asarray(p)[order] * np.arange(len(p), 0, -1), 1))
    return [float(one) for one in found]


def _labels(n: int, m: int, seed: int) -> Doubles:
    """Membership of the first sample, float64 of shape (n + m, 1 + permutations): as given, then at random."""
    rng = np.random.default_rng(seed)
    labels = np.zeros((n + m, 1 + PERMUTATIONS))
    labels[:n, 0] = 1
    for column in range(1, labels.shape[1]):
        chosen: Ints = rng.permutation(n + m)[:n]
        labels[chosen, column] = 1
    return labels


def _energy(distances: Doubles, labels: Doubles) -> tuple[Doubles, Doubles]:
    """Energy distance, and twice the mean distance between the samples, for each column of labels."""
    inside = (labels * (distances @ labels)).sum(axis=0)
    rows = labels.T @ distances.sum(axis=1)
    n = labels[:, 0].sum()
    m = len(labels) - n
    between, others = rows - inside, distances.sum() - 2 * rows + inside
    return 2 * between / (n * m) - inside / n**2 - others / m**2, 2 * between / (n * m)


def _shift(found: tuple[Doubles, Doubles]) -> Shift:
    energy, between = found
    return Shift(float(energy[0] / between[0]) if between[0] else 0.0, _p(energy))


def _p(statistics: NDArray[np.float64]) -> float:
    """Share of relabellings whose statistic is that of the data or more; what differs by rounding is as much."""
    slack = 1e-9 * max(abs(float(statistics[0])), 1e-9)
    return float((1 + (statistics[1:] >= statistics[0] - slack).sum()) / len(statistics))
