"""Evidence for a difference in a family: what the sample shows, guarded against what it may not show."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from itemvec.core.arrays import Doubles
from itemvec.metrics.bounded_mean import AdverseSample

BLOCK = 1 << 22  # values weighed at a time


def unseen(critical: float) -> float:
    """What one more unit is taken to lose, in times the largest difference that its comparison shows, either way.

    A family of many comparisons looks further out than a sample of one shows. Once is enough up to some 30 comparisons,
    twice for some 300: found by benchmarks/statistics_null.py, not derived.
    """
    return max(1.0, 2 * critical - 5)


@dataclass(frozen=True)
class Guarded:
    """Differences of a family, held against two bounds at once.

    ``seen`` is compared with the largest score of the family, and takes one more unit for seen that loses as much as
    the largest difference of its comparison, or ``unseen`` times that. ``alone`` is compared with what one comparison
    may show, and takes one more unit for seen that loses ``bound``. A claim needs both. The first holds the error of
    the family, skewed differences included; the second rules out, for each comparison by itself, that a few units lose
    all and none was sampled. To ask the second of the family as a whole would find next to nothing with less than some
    thousand units.

    differences
        float64 of shape (n_units, n_columns), NaN where absent.
    errors, degrees
        Standard error by training seeds and its degrees of freedom, float64 of shape (n_columns,).
    critical
        What ``seen`` is compared with.
    times
        How often each unit counts.
    """

    differences: Doubles
    errors: Doubles
    degrees: Doubles
    bound: float
    critical: float = 0.0
    times: float = 1.0

    @property
    def largest_loss(self) -> Doubles:
        """What one more unit is taken to lose in ``seen``, of shape (n_columns,)."""
        largest = np.abs(np.where(np.isnan(self.differences), 0.0, self.differences)).max(axis=0, initial=0.0)
        return np.asarray(np.minimum(self.bound, unseen(self.critical) * largest))

    def seed_shares(self) -> Doubles:
        """The share of the variance of each mean that is due to training seeds, of shape (n_columns,)."""
        found = []
        for seen, _ in self._samples(1.0):
            ours, seeds = np.square(seen.moments[1]), np.square(seen.seed_error)
            found.append(np.divide(seeds, ours + seeds, out=np.zeros_like(ours), where=seeds > 0))
        return np.concatenate(found)

    def scores(self, sign: float) -> tuple[Doubles, Doubles]:
        """Scores ``seen`` and ``alone`` that means have this sign, of shape (n_columns,)."""
        found = [(seen.scores(), alone.scores()) for seen, alone in self._samples(sign)]
        return np.concatenate([one for one, _ in found]), np.concatenate([other for _, other in found])

    def lower_bounds(self, sign: float, critical_alone: float) -> Doubles:
        """Lower bounds of the means, times ``sign``, at which one of the scores becomes too small to claim more."""
        return np.concatenate(
            [
                np.minimum(seen.lower_bounds(self.critical), alone.lower_bounds(critical_alone))
                for seen, alone in self._samples(sign)
            ]
        )

    def _samples(self, sign: float) -> Iterator[tuple[AdverseSample, AdverseSample]]:
        width, lost = max(1, BLOCK // max(1, len(self.differences))), self.largest_loss
        for start in range(0, self.differences.shape[1], width):
            part = slice(start, start + width)
            values, seeds = sign * self.differences[:, part], (self.errors[part], self.degrees[part])
            seen = AdverseSample.of(values, -lost[part], *seeds, self.times)
            yield seen, AdverseSample.of(values, -self.bound, *seeds, self.times)
