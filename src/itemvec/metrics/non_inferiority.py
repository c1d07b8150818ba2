"""Whether it is shown that little is lost, which is more than that no loss is shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from itemvec.core.arrays import Doubles
from itemvec.metrics.bounded_mean import AdverseSample
from itemvec.metrics.joint_maximum import DRAWS, maxima, standardise
from itemvec.metrics.standard_error import Spread

ALLOWED = 0.01  # of the mean


@dataclass(frozen=True)
class Kept:
    """What candidates keep of a reference; arrays of shape (n_candidates,).

    change
        Mean of the candidate over that of the reference, less one; 0 where the reference has nothing to lose.
    p_loss
        One-sided p, adjusted for the family, that ``tolerance`` or more of the reference is lost. Below ``level`` it is
        shown that less is lost.
    p_differs
        The same for "``tolerance`` or more is lost or gained". Below ``level`` it is shown that both are
        equal within the tolerance.
    at_most
        Whether ``p_loss`` is the smallest that the draws can give.
    """

    change: Doubles
    p_loss: Doubles
    p_differs: Doubles
    at_most: NDArray[np.bool_]
    critical: float


def compare_with_reference(
    candidates: Doubles,
    reference: Doubles,
    seeds: Sequence[Spread],
    reference_seeds: Spread,
    seed: int,
    tolerance: float = ALLOWED,
    level: float = 0.05,
    largest: float = 1.0,
    draws: int = DRAWS,
) -> Kept:
    """Test for each candidate that it loses less than ``tolerance`` of the reference, all as one family.

    The test is of ``candidate - (1 - tolerance) * reference``, so that the reference's own mean is not taken for known,
    with one more unit that has ``largest`` by the reference and nothing by the candidate: what is lost is mostly lost
    by few queries, and wholly, and a sample may show none of it. So nothing is shown with fewer units than about
    3 / (tolerance * mean of the reference).

    Parameters
    ----------
    candidates, reference
        Of the same units, means over training seeds, float64 of shapes (n_units, n_candidates) and (n_units,).
    seeds, reference_seeds
        What training seeds add to the mean of each candidate and of the reference.
    largest
        The largest value that a unit can have.
    """
    below = candidates - (1 - tolerance) * reference[:, None]
    above = (1 + tolerance) * reference[:, None] - candidates
    n_units, n_columns = candidates.shape
    whole = reference.mean() if n_units else 0.0
    change = candidates.mean(axis=0) / whole - 1 if whole else np.zeros(n_columns)
    if not n_columns or not n_units:
        return Kept(change, np.ones(n_columns), np.ones(n_columns), np.zeros(n_columns, dtype=bool), np.inf)
    sides = []
    # What one more unit can show at worst: all lost, or all gained.
    for values, share, worst in ((below, 1 - tolerance, (1 - tolerance) * largest), (above, 1 + tolerance, largest)):
        spreads = [Spread(share**2 * reference_seeds.variance, reference_seeds.degrees) + one for one in seeds]
        errors = np.array([spread.error for spread in spreads])
        degrees = np.array([spread.degrees for spread in spreads], dtype=np.float64)
        sample = AdverseSample.of(values, -worst, errors, degrees)
        noise = np.square(errors) / (np.square(sample.moments[1]) + np.square(errors))
        sides.append(sample.scores())
    columns = standardise(below, np.full(n_columns, -(1 - tolerance) * largest))
    chance = maxima(columns, noise, seed, two_sided=False, draws=draws)
    p_loss, p_gain = (np.where(side > 0, chance.p(side), 1.0) for side in sides)
    return Kept(change, p_loss, np.maximum(p_loss, p_gain), chance.has_ended(sides[0]), chance.critical(level))
