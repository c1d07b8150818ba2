"""Position bias by expectation maximisation: what was looked at, and what was wanted, as hidden causes of a click."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from itemvec.clicks.cells import Cells
from itemvec.clicks.swaps import check_swaps, relative
from itemvec.core.arrays import Doubles

ROUNDS, CLOSE = 5000, 1e-7  # most rounds, and the change of a propensity below which they end
RIDGE = 1e-3  # on the coefficients of features, so that they stay finite
STEPS = 5  # of Newton's method in a round


def regression_em(cells: Cells, features: Doubles | None = None) -> tuple[Doubles, Doubles]:
    """Propensity of each position and attraction of each pair (Wang et al., WSDM 2018).

    A click needs that the user looks at the position and wants the item: ``P(C=1) = p_k g``. For rows without a click
    ``P(looked) = p_k (1 - g) / (1 - p_k g)`` and ``P(wanted) = g (1 - p_k) / (1 - p_k g)``; the means of both over all
    rows are the next ``p`` and ``g``.

    Parameters
    ----------
    features
        float64 of shape (n_pairs, n_features): ``g`` is then their logistic regression, as in the paper. By default
        every pair has a ``g`` of its own, for which most pairs must be shown many times.

    Returns
    -------
    Propensities, float64 of shape (n_positions,), 1 for the first and NaN where no swap leads; and attraction, float64
    of shape (n_pairs,), in the same unit: the probability of a click at the first position.

    Raises
    ------
    DatasetError
        Nothing was shown at two positions.
    """
    known = check_swaps(cells)
    at, shown = cells.position - 1, np.where(np.isnan(known[cells.position - 1]), 0.0, cells.shown)
    clicked = np.where(shown > 0, cells.clicked, 0.0)
    missed = shown - clicked
    seen, total = cells.per_position(shown), cells.per_pair(shown)
    fit = _table(total) if features is None else _logistic(features, total)
    p, g = np.full(cells.n_positions, 0.5), np.full(len(total), 0.5)
    for _ in range(ROUNDS):
        one, other = p[at], g[cells.pair]
        neither = missed / np.maximum(1 - one * other, 1e-12)
        looked = cells.per_position(clicked + neither * one * (1 - other))
        wanted = cells.per_pair(clicked + neither * other * (1 - one))
        before, p = p, np.divide(looked, seen, out=p.copy(), where=seen > 0)
        g = fit(wanted)
        if np.abs(p - before).max() < CLOSE:
            break
    first = p[np.flatnonzero(np.isfinite(known))[0]]
    return relative(np.where(np.isnan(known), np.nan, p)), g * first


def _table(total: Doubles) -> Callable[[Doubles], Doubles]:
    """Every pair by itself; one that was not shown attracts nobody."""
    return lambda wanted: np.divide(wanted, total, out=np.zeros(len(total)), where=total > 0)


def _logistic(features: Doubles, total: Doubles) -> Callable[[Doubles], Doubles]:
    """Logistic regression on a constant and ``features`` by a few steps of Newton, from where the last one ended."""
    x = np.column_stack([np.ones(len(features)), features])
    beta = np.zeros(x.shape[1])

    def fit(wanted: Doubles) -> Doubles:
        nonlocal beta
        for _ in range(STEPS):
            g = 1 / (1 + np.exp(-np.clip(x @ beta, -30, 30)))
            weight = np.maximum(total * g * (1 - g), 1e-12)
            slope = x.T @ (wanted - total * g) - RIDGE * beta
            beta = beta + np.linalg.solve((x * weight[:, None]).T @ x + RIDGE * np.eye(len(beta)), slope)
        found: Doubles = 1 / (1 + np.exp(-np.clip(x @ beta, -30, 30)))
        return found

    return fit
