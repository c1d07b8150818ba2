"""How far a single mean of bounded values is known."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtri  # scipy.stats takes a second to import

from itemvec.core.arrays import Doubles
from itemvec.metrics.bounded_mean import AdverseSample
from itemvec.metrics.standard_error import DETERMINISTIC, Spread


def mean_interval(
    values: Doubles, seeds: Spread = DETERMINISTIC, level: float = 0.05, bounds: tuple[float, float] = (0.0, 1.0)
) -> tuple[float, float]:
    """Confidence interval of the mean of ``values``, 95 % by default.

    Each end is the bound of ``AdverseSample``: that of Clopper and Pearson (1934) where values are 0 and 1, and close
    to Student's in the middle. It has width where all values of the sample are equal, since the next one may differ. It
    draws nothing, so it needs no seed.

    Parameters
    ----------
    values
        float64 of shape (n_units,).
    seeds
        What training seeds add to the mean.
    bounds
        The least and the largest value that a unit can have; a value of the sample beyond them takes their place.
    """
    if not len(values):
        return float("nan"), float("nan")
    score = float(-ndtri(level / 2))
    noise = np.array([seeds.error]), np.array([seeds.degrees], dtype=np.float64)
    low = AdverseSample.of(values[:, None], bounds[0], *noise).lower_bounds(score)[0]
    high = -AdverseSample.of(-values[:, None], -bounds[1], *noise).lower_bounds(score)[0]
    return float(low), float(high)
