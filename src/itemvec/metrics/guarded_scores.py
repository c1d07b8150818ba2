"""Evidence for a difference in a family: what the sample shows, guarded against what it may not show."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from itemvec.core.arrays import Doubles
from itemvec.metrics.bounded_mean import AdverseSample

BLOCK = 1 << 22  # values weighed at a time
UNSEEN = 2.0  # times the largest difference of a comparison, either way: what one more unit is taken to lose


@dataclass(frozen=True)
class Guarded:
    """Differences of a family, held against two bounds at once.

    ``seen`` is compared with the largest score of the family, and takes one more unit for seen that loses ``UNSEEN``
    times the largest difference of its comparison. ``alone`` is compared with what one comparison may show, and takes
    one more unit for seen that loses ``bound``. A claim needs both. The first holds the error of the family, skewed
    differences included; the second rules out, for each comparison by itself, that a few units lose all and none was
    sampled. To ask the second of the family as a whole would find next to nothing with less than some thousand units.

    differences
        float64 of shape (n_units, n_columns), NaN where absent.
    errors, degrees
        Standard error by training seeds and its degrees of freedom, float64 of shape (n_columns,).
    times
        How often each unit counts.
    """

    differences: Doubles
    errors: Doubles
    degrees: Doubles
    bound: float
    times: float = 1.0

    @property
    def largest_loss(self) -> Doubles:
        """What one more unit is taken to lose in ``seen``, of shape (n_columns,)."""
        largest = np.abs(np.where(np.isnan(self.differences), 0.0, self.differences)).max(axis=0, initial=0.0)
        return np.asarray(np.minimum(self.bound, UNSEEN * largest))

    def scores(self, sign: float) -> tuple[Doubles, Doubles, Doubles]:
        """Scores ``seen`` and ``alone`` that means have this sign, and the share of variance that is due to seeds."""
        found = []
        for seen, alone in self._samples(sign):
            ours, seeds = np.square(seen.moments[1]), np.square(seen.seed_error)
            share = np.divide(seeds, ours + seeds, out=np.zeros_like(ours), where=seeds > 0)
            found.append((seen.scores(), alone.scores(), share))
        seen_scores, alone_scores, shares = (np.concatenate(part) for part in zip(*found, strict=True))
        return seen_scores, alone_scores, shares

    def lower_bounds(self, sign: float, critical: float, critical_alone: float) -> Doubles:
        """Lower bounds of the means, times ``sign``, at which one of the scores becomes too small to claim more."""
        return np.concatenate(
            [
                np.minimum(seen.lower_bounds(critical), alone.lower_bounds(critical_alone))
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
