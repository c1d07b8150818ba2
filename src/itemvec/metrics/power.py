"""How many queries it would take to show a difference, or that little is lost."""

from __future__ import annotations

from math import ceil, inf

import numpy as np
from scipy.special import ndtri  # scipy.stats takes a second to import

from itemvec.core.arrays import Doubles
from itemvec.metrics.bounded_mean import AdverseSample
from itemvec.metrics.guarded_scores import Guarded
from itemvec.metrics.standard_error import DETERMINISTIC, Spread

MOST = 1e4  # times the units there are: beyond it "no number of queries" is the honest answer


def units_needed(
    differences: Doubles,
    critical: float,
    seeds: Spread = DETERMINISTIC,
    power: float = 0.8,
    bound: float = 1.0,
    one_sided: bool = False,
    level: float = 0.05,
) -> float:
    """About how many units in all a test needs to claim, with probability ``power``, that the mean is not zero.

    Takes the mean and the spread of the sample for those of the population: with n times the units the same values
    would each be seen n times. The score must then exceed ``critical`` by as much as chance lowers it in one of
    five samples.

    Parameters
    ----------
    differences
        float64 of shape (n_units,), of one comparison; to show that less than a share of a reference is lost,
        ``candidate - (1 - tolerance) * reference``, ``one_sided``.
    critical
        ``Family.critical`` or ``Kept.critical``.
    seeds
        What training seeds add to the mean; more units do not lessen it.
    bound
        The largest that a unit can lose.

    Returns
    -------
    Units in all, those of the sample included; ``inf`` where the mean is zero (or below, ``one_sided``), or no number
    of them would do.
    """
    values = differences[~np.isnan(differences)]
    if not len(values) or values.mean() == 0 or (one_sided and values.mean() < 0):
        return inf
    column = (values * np.sign(values.mean()))[:, None]
    seed_error, seed_degrees = np.array([seeds.error]), np.array([seeds.degrees], dtype=np.float64)
    margin = float(ndtri(power))
    alone = critical if one_sided else float(-ndtri(level / 2))

    def enough(times: float) -> bool:
        if one_sided:
            return bool(AdverseSample.of(column, -bound, seed_error, seed_degrees, times).scores()[0] >= alone + margin)
        of_family, by_itself = Guarded(column, seed_error, seed_degrees, bound, critical, times).scores(1.0)
        return bool(of_family[0] >= critical + margin and by_itself[0] >= alone + margin)

    if not enough(MOST):
        return inf
    low, high = 1 / len(values), MOST
    while high / low > 1 + 1e-4:
        middle = (low * high) ** 0.5
        low, high = (low, middle) if enough(middle) else (middle, high)
    return float(ceil(high * len(values) - 1e-6))
