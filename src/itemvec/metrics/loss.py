"""Whether it is shown that little is lost, which is more than that no loss is shown."""

import numpy as np
from scipy.stats import t

from itemvec.arrays import Doubles
from itemvec.metrics.significance import standard_error

ALLOWED = 0.01  # of the mean


def loss_p(values: Doubles, whole: Doubles) -> float:
    """One-sided p that the mean of ``values`` is below that of ``whole`` by more than ``ALLOWED`` of the latter.

    A paired t-test of ``values - (1 - ALLOWED) * whole`` against zero, so that the first variant's own mean is not
    taken for known; the spread of seeds adds to its error. A small p says that there is no such loss. That no
    difference is shown says much less: perhaps there were too few queries to show one.

    Parameters
    ----------
    values, whole
        Of the same queries, float64 of shapes (n_queries, n_seeds).
    """
    rest = values.mean(axis=1) - (1 - ALLOWED) * whole.mean(axis=1)
    if len(rest) < 2:
        return 1.0
    seeds = np.hypot(standard_error(values.mean(axis=0)), (1 - ALLOWED) * standard_error(whole.mean(axis=0)))
    error = np.hypot(rest.std(ddof=1) / np.sqrt(len(rest)), seeds)
    return float(t.sf(rest.mean() / error, len(rest) - 1)) if error else float(rest.mean() <= 0)
