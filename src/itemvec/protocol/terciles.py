"""Queries in thirds, by a number that is known of each."""

from __future__ import annotations

import numpy as np

from itemvec.core.arrays import Ints
from itemvec.protocol.evaluation import Cohort


def third(among: Ints, values: Ints) -> Ints:
    """The third of ``among``, 0 to 2, into which each value falls; equal ones stay together, so one may be empty."""
    bounds = np.quantile(among, [1 / 3, 2 / 3]) if len(among) else np.zeros(2)
    return np.searchsorted(bounds, values).astype(np.int64)


def cohorts_of(names: tuple[str, ...], numbers: Ints, values: Ints) -> list[Cohort]:
    """One cohort per name: those whose number is its place, with the least and the highest of their ``values``."""
    found = []
    for number, name in enumerate(names):
        chosen = numbers == number
        inside = values[chosen] if chosen.any() else np.zeros(1, dtype=np.int64)
        found.append(Cohort(name, int(inside.min()), int(inside.max()), chosen))
    return found
