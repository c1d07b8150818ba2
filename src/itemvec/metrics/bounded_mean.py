"""What a sample says about a mean of bounded values, without assuming that they are symmetric or normal."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from itemvec.core.arrays import Doubles
from itemvec.metrics.monotone_root import root
from itemvec.metrics.seed_noise import with_seeds

LARGEST = 30.0  # score: beyond it a tail is no number
SMALLEST = 0.05  # score: below it rounding decides


@dataclass(frozen=True)
class AdverseSample:
    """Columns of values, each with one more unit that has the least value it could have.

    A sample need not show the few units that lose all. So one more of them is taken for seen, and the mean of the
    population is bounded from below by how the mean of all n + 1 values moves under random weights, exponential and
    independent: the bound of Gaffke (2005), a Bayesian bootstrap with one unit at the adverse end. Of values 0 and 1 it
    is the exact bound of Clopper and Pearson (1934). Its tail is computed and not drawn, by the saddlepoint formula of
    Barndorff-Nielsen (1986), whose main part is the empirical likelihood ratio of Owen (1988).

    excess
        Values less the least possible one, float64 of shape (n_units, n_columns), 1 where a unit is absent.
    present
        Whether a unit has a value, of the same shape; None where all have one.
    floor
        The least possible value, float64 of shape (n_columns,).
    seed_error, seed_degrees
        Standard error that seeds of training add to the mean, and its degrees of freedom, of shape (n_columns,).
    times
        How often each unit counts; 2 to see what a sample of twice the size would say.
    """

    excess: Doubles
    present: NDArray[np.bool_] | None
    floor: Doubles
    seed_error: Doubles
    seed_degrees: Doubles
    times: float = 1.0

    @classmethod
    def of(
        cls, values: Doubles, floor: float | Doubles, seed_error: Doubles, seed_degrees: Doubles, times: float = 1.0
    ) -> AdverseSample:
        """Take ``values``, of shape (n_units, n_columns), NaN where absent; a value below ``floor`` lowers it."""
        absent = np.isnan(values)
        lowest = np.minimum(floor, np.where(absent, np.inf, values).min(axis=0, initial=np.inf))
        excess = np.where(absent, 1.0, values - lowest)
        return cls(excess, ~absent if absent.any() else None, lowest, seed_error, seed_degrees, times)

    @cached_property
    def size(self) -> Doubles:
        """Number of units, that one included, float64 of shape (n_columns,)."""
        n = len(self.excess) if self.present is None else self.present.sum(axis=0)
        return np.asarray(n * self.times + 1.0) * np.ones(self.excess.shape[1])

    def _sum(self, values: Doubles) -> Doubles:
        total: Doubles = self.times * values.sum(axis=0, where=True if self.present is None else self.present)
        return total

    @cached_property
    def moments(self) -> tuple[Doubles, Doubles]:
        """Mean above the floor and its standard error, of shape (n_columns,)."""
        mean = self._sum(self.excess) / self.size
        squares = self._sum(np.square(self.excess - mean)) + np.square(mean)
        return mean, np.sqrt(squares) / self.size

    def scores(self, at_least: float = 0.0) -> Doubles:
        """How surely means are above ``at_least``, as points of a standard normal, of shape (n_columns,), 0 or more."""
        mean, error = self.moments
        gap = np.maximum(mean - (at_least - self.floor), 0.0)
        asked = (gap > 1e-9 * mean) & (error > 0)
        if not asked.any():
            return np.zeros(len(mean))
        part = self._columns(asked)
        mean, error, gap = mean[asked], error[asked], gap[asked]

        def difference(log_shift: Doubles) -> Doubles:
            shift = np.exp(log_shift)
            harmonic = part.size / (part._sum(1 / (part.excess + shift)) + 1 / shift)
            return np.log(np.maximum(mean - (harmonic - shift), 1e-300) / gap)

        log_shift = root(difference, np.log(np.square(error) * part.size / gap))
        found = np.zeros(len(asked))
        found[asked] = part._at(log_shift)[1]
        return found

    def lower_bounds(self, score: float) -> Doubles:
        """The means at which ``scores`` would be ``score``, a positive number, of shape (n_columns,)."""
        mean, error = self.moments
        asked = error > 0
        bounds = self.floor + mean
        if not asked.any():
            return bounds
        part = self._columns(asked)
        total = np.hypot(error, self.seed_error)[asked]

        def difference(log_shift: Doubles) -> Doubles:
            return np.log(np.maximum(part._at(log_shift)[1], SMALLEST) / score)

        log_shift = root(difference, np.log(np.square(error[asked]) * part.size / (total * score)))
        bounds[asked] = part._at(log_shift)[0]
        return bounds

    def _columns(self, chosen: NDArray[np.bool_]) -> AdverseSample:
        if chosen.all():
            return self
        present = None if self.present is None else self.present[:, chosen]
        seeds = self.seed_error[chosen], self.seed_degrees[chosen]
        return AdverseSample(self.excess[:, chosen], present, self.floor[chosen], *seeds, self.times)

    def _at(self, log_shift: Doubles) -> tuple[Doubles, Doubles]:
        """Means and their scores, by the logarithm of how far the pole of the weights is below the floor.

        A value is weighted by 1 / (value - pole). With these weights the harmonic mean of the distances from the pole
        is that of the mean, the likelihood ratio is the ratio of geometric and harmonic mean, and the curvature is the
        weights' sum of squares.
        """
        shift = np.exp(log_shift)
        distance = self.excess + shift
        logs = self._sum(np.log(distance)) + log_shift
        np.reciprocal(distance, out=distance)
        harmonic = self.size / (self._sum(distance) + 1 / shift)
        curvature = np.square(harmonic) * (self._sum(np.square(distance)) + 1 / np.square(shift)) - self.size
        ratio = np.sqrt(np.maximum(2 * (logs - self.size * np.log(harmonic)), 1e-12))
        score = ratio + np.log(np.sqrt(np.maximum(curvature, 1e-12)) / ratio) / ratio
        mean = self.moments[0]
        above = harmonic - shift
        score = np.clip(score, SMALLEST, LARGEST)
        return self.floor + above, with_seeds(score, mean - above, self.seed_error, self.seed_degrees)
