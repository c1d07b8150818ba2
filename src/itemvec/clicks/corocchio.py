"""CoRocchio: clicks move the vector of their query."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array

from itemvec.clicks.log import ClickLog, lists
from itemvec.clicks.weights import position_weights
from itemvec.core.arrays import Doubles, Floats


def corocchio(
    queries: Floats, items: Floats, log: ClickLog, propensities: Doubles, keep: float = 0.4, clip: float = np.inf
) -> Floats:
    """Queries moved towards what was clicked (Zhuang, Li and Zuccon, SIGIR 2022).

    ``q' = keep q + (1 - keep) mean over result lists of (sum over clicks of d / p)``, where p is the propensity of the
    position at which d was clicked. A query that was never clicked stays as it is.

    Parameters
    ----------
    queries, items
        Vectors, float32 of shape (n_queries, dim) and (n_items, dim).
    propensities
        Of each position, float64 of shape (n_positions,).
    keep
        Weight of the query itself.
    clip
        Most that a click weighs.

    Returns
    -------
    float32 of shape (n_queries, dim), not normalised.
    """
    clicked = np.flatnonzero(log.clicked)
    heads = np.unique(lists(log), return_index=True)[1]
    asked = np.bincount(log.query[heads], minlength=len(queries))
    rows, weights = log.query[clicked], position_weights(propensities, clip)[log.position[clicked] - 1]
    moves = csr_array((weights / asked[rows], (rows, log.item[clicked])), (len(queries), len(items)))
    moved = keep * queries + (1 - keep) * (moves @ items)
    has = np.bincount(rows, weights, len(queries)) > 0
    return np.where(has[:, None], moved, queries).astype(np.float32)
