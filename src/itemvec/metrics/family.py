"""Many mean differences on the same queries, compared as one family."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri  # scipy.stats takes a second to import

from itemvec.core.arrays import Doubles
from itemvec.metrics.guarded_scores import Guarded
from itemvec.metrics.joint_maximum import DRAWS, maxima, standardise
from itemvec.metrics.standard_error import Spread

LEVEL = 0.05  # of p: what is below it counts as shown
LARGEST_DIFFERENCE = 1.0  # of two values between 0 and 1


@dataclass(frozen=True)
class Family:
    """Comparisons of one family; arrays of shape (n_comparisons,).

    mean
        Mean difference over the units of the comparison; NaN where there are none.
    low, high
        Simultaneous confidence intervals: all of them hold with probability 1 - ``level``.
    p
        Two-sided, adjusted for the family. ``p < level`` exactly where the interval excludes zero.
    at_most
        Whether ``p`` is the smallest that the draws can give: write "p <=", not "p =".
    identical
        Whether no unit has a difference.
    critical
        The score that a comparison must exceed; ``units_needed`` takes it.
    """

    mean: Doubles
    low: Doubles
    high: Doubles
    p: Doubles
    at_most: NDArray[np.bool_]
    identical: NDArray[np.bool_]
    critical: float
    level: float

    def __len__(self) -> int:
        return len(self.mean)

    @property
    def shown(self) -> Doubles:
        """1 where a difference above zero is shown, -1 where one below is, else 0."""
        return np.where(self.p < self.level, np.sign(self.mean), 0.0)


def compare_family(
    differences: Doubles,
    seeds: Sequence[Spread],
    seed: int,
    level: float = 0.05,
    bound: float = LARGEST_DIFFERENCE,
    draws: int = DRAWS,
) -> Family:
    """Test that each column has mean zero, with simultaneous intervals, by the largest score of the family.

    With probability ``1 - level`` no claim of the family is false and all its intervals hold, as far as the sample
    shows what units can lose; ``Guarded`` says more. Comparisons that go together cost little, copies nothing, and the
    number of draws limits no family. docs/explain/statistics.md has the simulations.

    Parameters
    ----------
    differences
        One value per unit (query, user, owner of queries) and comparison, float64 of shape (n_units, n_comparisons),
        NaN where a comparison does not cover a unit. The mean over training seeds where there are several.
    seeds
        What training seeds add to each mean; ``Spread()`` where training is deterministic.
    bound
        The largest difference that a unit can have, either way: 1 for metrics between 0 and 1.
    """
    n_columns = differences.shape[1]
    if len(seeds) != n_columns:
        raise ValueError(f"seeds: expected one Spread for each of {n_columns} comparisons, got {len(seeds)}")
    present = ~np.isnan(differences)
    counts = present.sum(axis=0)
    totals = np.where(present, differences, 0.0).sum(axis=0)
    mean = np.where(counts > 0, totals / np.maximum(counts, 1), np.nan)
    errors = np.array([one.error for one in seeds])
    degrees = np.array([one.degrees for one in seeds], dtype=np.float64)
    if not n_columns:
        empty = np.zeros(0)
        return Family(empty, empty, empty, empty, empty > 0, empty > 0, np.inf, level)
    evidence = Guarded(differences, errors, degrees, bound)
    columns = standardise(differences, np.where(totals > 0, -1.0, 1.0) * evidence.largest_loss)
    reference = maxima(columns, evidence.seed_shares(), seed, draws=draws)
    critical = reference.critical(level)
    evidence = replace(evidence, critical=critical)
    scores, alone = np.maximum(evidence.scores(1.0), evidence.scores(-1.0))
    of_family = reference.p(scores)
    p = np.where((scores > 0) & (alone > 0), np.maximum(of_family, 2 * ndtr(-alone)), 1.0)
    at_most = reference.has_ended(scores) & (p == of_family)
    ends = [sign * evidence.lower_bounds(sign, float(-ndtri(level / 2))) for sign in (1.0, -1.0)]
    low, high = agree(p < level, mean, *ends)
    identical = np.array((differences == 0).sum(axis=0) == counts)
    return Family(mean, low, high, p, at_most, identical, critical, level)


def agree(shown: NDArray[np.bool_], mean: Doubles, low: Doubles, high: Doubles) -> tuple[Doubles, Doubles]:
    """Let rounding not decide whether an interval excludes zero."""
    tiny = np.finfo(np.float64).tiny
    low = np.where(shown & (mean > 0), np.maximum(low, tiny), np.where(shown, low, np.minimum(low, 0.0)))
    high = np.where(shown & (mean < 0), np.minimum(high, -tiny), np.where(shown, high, np.maximum(high, 0.0)))
    return low, high
