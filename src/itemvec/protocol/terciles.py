"""Terciles of queries by a number, such as their length."""

from __future__ import annotations

import numpy as np

from itemvec.core.arrays import Ints
from itemvec.protocol.evaluation import Cohort


def third(among: Ints, values: Ints) -> Ints:
    """The tercile of ``among``, 0 to 2, of each value; equal values stay together, so a tercile may be empty."""
    bounds = np.quantile(among, [1 / 3, 2 / 3]) if len(among) else np.zeros(2)
    return np.searchsorted(bounds, values).astype(np.int64)


def cohorts_of(names: tuple[str, ...], numbers: Ints, values: Ints) -> list[Cohort]:
    """One cohort per name: the queries whose number is the name's index, with the range of their ``values``."""
    found = []
    for number, name in enumerate(names):
        chosen = numbers == number
        inside = values[chosen] if chosen.any() else np.zeros(1, dtype=np.int64)
        found.append(Cohort(name, int(inside.min()), int(inside.max()), chosen))
    return found
