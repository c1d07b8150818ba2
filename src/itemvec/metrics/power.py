"""How many more queries would decide, at the spread that was seen."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtri

from itemvec.core.arrays import Doubles
from itemvec.metrics.standard_error import Spread

POWER = 0.8  # chance to show what is there
MOST = 10_000_000  # more than this is no answer


def units_needed(difference: Doubles, seeds: Spread, margin: float, comparisons: int, level: float = 0.05) -> int:
    """Units at which a paired comparison decides with 80 % chance, if its mean and spread are as observed.

    It decides if it shows a difference, or if it shows that less than ``margin`` is lost; what takes fewer units counts.
    The error of seeds of training does not shrink with more units: where it is too large, the answer is ``MOST``.

    Parameters
    ----------
    difference
        One value per unit, float64 of shape (n_units,).
    margin
        Loss of the mean that is allowed.
    comparisons
        Tests of the family, by Bonferroni: an upper bound, since comparisons that go together cost less.
    """
    mean, spread = float(difference.mean()), float(difference.std(ddof=1)) if len(difference) > 1 else 0.0
    quantile = float(-ndtri(level / 2 / max(comparisons, 1))) + float(ndtri(POWER))
    needed = float(MOST)
    for distance in (abs(mean), margin + mean):
        allowed = (distance / quantile) ** 2 - seeds.variance if distance > 0 else 0.0
        if allowed > 0:
            needed = min(needed, spread**2 / allowed)
    return int(np.ceil(max(needed, 2.0)))
