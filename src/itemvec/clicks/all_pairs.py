"""Position bias by intervention harvesting: how clicks change when the same item moves."""

from __future__ import annotations

import numpy as np

from itemvec.clicks.cells import Cells
from itemvec.clicks.swaps import check_swaps, relative, swap_clicks
from itemvec.core.arrays import Doubles

FLOOR = 1e-9  # of a probability, so that its logarithm is finite


def all_pairs(cells: Cells) -> Doubles:
    """Propensity of each position, from all pairs of positions at once (Agarwal et al. 2019, arXiv 1812.05161).

    With ``c[k, j]`` clicks and ``n[k, j]`` impressions at k of what was also shown at j, it maximises
    ``sum c log(p_k r_kj) + (n - c) log(1 - p_k r_kj)``, where ``r_kj = r_jk`` is how relevant these items are.

    Returns
    -------
    float64 of shape (n_positions,), 1 for the first position; NaN where no swap leads.

    Raises
    ------
    DatasetError
        Nothing was shown at two positions.
    """
    from scipy.optimize import minimize  # half a second that only click logs need

    kept = np.flatnonzero(np.isfinite(check_swaps(cells)))
    clicked, shown = (part[np.ix_(kept, kept)] for part in swap_clicks(cells))
    size, (upper, lower) = len(kept), np.triu_indices(len(kept), 1)
    used = (shown[upper, lower] > 0) & (clicked[upper, lower] + clicked[lower, upper] > 0)
    upper, lower = upper[used], lower[used]
    at = np.concatenate([upper, lower])
    pool = np.tile(np.arange(len(upper)), 2)  # the two sides of a pool of swapped pairs share their relevance
    c = np.concatenate([clicked[upper, lower], clicked[lower, upper]])
    misses = np.concatenate([shown[upper, lower], shown[lower, upper]]) - c

    def loss(logs: Doubles) -> tuple[float, Doubles]:
        p = np.clip(np.exp(logs[at] + logs[size + pool]), FLOOR, 1 - FLOOR)
        slope = misses * p / (1 - p) - c  # by log p
        total = -(c @ np.log(p) + misses @ np.log1p(-p))
        return total, np.concatenate([np.bincount(at, slope, size), np.bincount(pool, slope, len(upper))])

    both = np.bincount(pool, c) / np.bincount(pool, c + misses)
    start = np.concatenate([np.full(size, np.log(0.5)), np.log(np.clip(both, FLOOR, 0.999))])
    bounds = [(np.log(FLOOR), 0.0)] * len(start)
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options=EXACT)
    propensities = np.full(cells.n_positions, np.nan)
    propensities[kept] = np.exp(found.x[:size])
    return relative(propensities)


EXACT = {"maxiter": 5000, "maxfun": 20_000, "ftol": 1e-14, "gtol": 1e-9}
