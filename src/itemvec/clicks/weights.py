"""What a click weighs: the less a position is looked at, the more a click there says."""

from __future__ import annotations

import numpy as np

from itemvec.clicks.cells import Cells
from itemvec.clicks.log import ClickLog
from itemvec.core.arrays import Doubles


def position_weights(propensities: Doubles, clip: float) -> Doubles:
    """``min(1 / propensity, clip)``, float64 of shape (n_positions,); 0 where the propensity is unknown.

    Clipping trades variance for bias: without it one click at a place that hardly anybody looks at outweighs all.
    """
    with np.errstate(divide="ignore"):
        weights = np.minimum(1 / propensities, clip)
    return np.asarray(np.nan_to_num(weights, nan=0.0))


def click_weights(log: ClickLog, propensities: Doubles, clip: float) -> Doubles:
    """Weight of each row in training, float64 of shape (n,): 0 without a click; a click counts 1 on average.

    Self-normalised: the weights are divided by their mean over all clicks (Swaminathan and Joachims, 2015).
    """
    weights = np.where(log.clicked, position_weights(propensities, clip)[log.position - 1], 0.0)
    total = weights.sum()
    return weights * (np.count_nonzero(log.clicked) / total) if total else weights


def snips(values: Doubles, weights: Doubles) -> float:
    """Self-normalised mean ``sum(w r) / sum(w)`` of what was clicked, as if every position were looked at.

    Parameters
    ----------
    values, weights
        float64 of shape (n,): the value of each row, and its weight by ``click_weights``.
    """
    total = weights.sum()
    return float(weights @ values / total) if total else float("nan")


def attraction(cells: Cells, propensities: Doubles, clip: float) -> tuple[Doubles, Doubles]:
    """How much each pair attracts where it is looked at, and how often that was.

    The sum of the clipped weights of its clicks, divided by what this would be if every look were a click:
    ``sum_k c_k w_k / sum_k n_k p_k w_k``. So clipping costs no bias. Without it this is inverse propensity scoring; a
    clip of 1 makes it clicks over expected clicks.

    Returns
    -------
    Attraction, in units of the first position, and looks, ``sum_k n_k p_k``; both float64 of shape (n_pairs,).
    """
    weights = position_weights(propensities, clip)[cells.position - 1]
    seen = cells.shown * np.nan_to_num(propensities, nan=0.0)[cells.position - 1]
    expected = cells.per_pair(weights * seen)
    gained = cells.per_pair(weights * cells.clicked)
    return np.divide(gained, expected, out=np.zeros(len(gained)), where=expected > 0), cells.per_pair(seen)
