"""Where many falling functions are zero."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from itemvec.core.arrays import Doubles

STEPS = 80
FARTHEST = 4.0  # of one step


def root(function: Callable[[Doubles], Doubles], start: Doubles, tolerance: float = 1e-10) -> Doubles:
    """Zeros of falling functions whose slope is about -1, by the secant rule inside a bracket.

    Parameters
    ----------
    function
        Takes one argument for each function, float64 of shape (n,), and gives their values.
    start
        Where to start, float64 of shape (n,).
    """
    at, low, high = start, np.full_like(start, -np.inf), np.full_like(start, np.inf)
    slope = np.full_like(start, -1.0)
    before = value = np.zeros_like(start)
    for step in range(STEPS):
        former, value = value, function(at)
        if np.all(np.abs(value) < tolerance):
            break
        low, high = np.where(value > 0, at, low), np.where(value > 0, high, at)
        if step:
            moved = at - before
            with np.errstate(divide="ignore", invalid="ignore"):
                slope = np.where(moved != 0, (value - former) / moved, slope)
        move = np.clip(-value / np.minimum(slope, -1e-3), -FARTHEST, FARTHEST)
        following = at + move
        outside = (following <= low) | (following >= high)
        middle = np.where(np.isfinite(low) & np.isfinite(high), (low + high) / 2, at + np.sign(value) * FARTHEST)
        before, at = at, np.where(np.abs(value) < tolerance, at, np.where(outside, middle, following))
        if np.all(np.abs(at - before) < tolerance):
            break
    return at
