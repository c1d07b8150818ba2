"""What the luck of training seeds takes from the evidence of the queries."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtr, ndtri

from itemvec.core.arrays import Doubles

POINTS = np.linspace(-11.5, 11.5, 401)
VALUES = np.sinh(POINTS)  # of Student's t, close together near zero, up to 50,000


def with_seeds(scores: Doubles, distances: Doubles, errors: Doubles, degrees: Doubles) -> Doubles:
    """Scores of a normal distribution, lowered by the noise of few seeds.

    The error of a mean is that of its queries, normal with error ``distances / scores``, plus that of its seeds,
    Student's t with few degrees of freedom times ``errors`` (Behrens and Fisher). Welch's formula, which takes the sum
    for one Student's t, claims too much far out, where a family of many comparisons looks.

    Parameters
    ----------
    scores, distances
        Distance of the mean from what is tested, in standard errors of queries and in units of the mean; above zero.
    errors, degrees
        Standard errors of the mean by seeds, 0 where training is deterministic, and their degrees of freedom.

    Returns
    -------
    float64 of shape (n,): as far out on a standard normal as the distances are on the distribution of the sum.
    """
    noisy = errors > 0
    if not noisy.any():
        return scores
    asked = scores[noisy]
    shift = errors[noisy] / np.maximum(distances[noisy], 1e-300)
    density = _density(degrees[noisy]) * np.cosh(POINTS)[:, None]  # (n_points, n)
    tails = (density * ndtr(-asked * (1 - shift * VALUES[:, None]))).sum(axis=0) / density.sum(axis=0)
    lowered = scores.copy()
    lowered[noisy] = np.clip(-ndtri(np.maximum(tails, 1e-300)), 0.0, asked)
    return lowered


def _density(degrees: Doubles) -> Doubles:
    """Of Student's t at ``VALUES``, up to a factor, float64 of shape (n_points, n)."""
    few = np.minimum(degrees, 1e9)
    return np.asarray(np.exp(-(few + 1) / 2 * np.log1p(np.square(VALUES)[:, None] / few)))
