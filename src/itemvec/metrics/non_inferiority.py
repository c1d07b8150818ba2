"""Whether it is shown that little is lost, which is more than that no loss is shown."""

import numpy as np
from scipy.stats import t

from itemvec.core.arrays import Doubles
from itemvec.metrics.standard_error import Spread

ALLOWED = 0.01  # of the mean


def loss_p(values: Doubles, whole: Doubles) -> float:
    """One-sided p that the mean of ``values`` is below that of ``whole`` by more than ``ALLOWED`` of the latter.

    A paired t-test of ``values - (1 - ALLOWED) * whole`` against zero, so that the first variant's own mean is not
    taken for known; the spread of seeds adds to its error. What is lost is mostly lost by few queries, and wholly, so
    that a sample may show none of it: the test takes one more query for seen that lost all it could. Without it, 100
    queries of which one in a hundred loses all pass at p < .05 in two of five samples; with it, in none, and in at most
    one of twenty whatever their number. A small p says that there is no such loss. That no difference is shown says
    much less: perhaps there were too few queries to show one.

    Parameters
    ----------
    values, whole
        Of the same queries, float64 of shapes (n_queries, n_seeds).
    """
    kept = (1 - ALLOWED) * whole
    rest = np.append((values.mean(axis=1) - kept.mean(axis=1)), -kept.mean(axis=1).max(initial=0))
    both = Spread.of(rest) + Spread.of(values.mean(axis=0)) + Spread.of(kept.mean(axis=0))
    return float(t.sf(rest.mean() / both.error, both.degrees)) if both.variance else 1.0
