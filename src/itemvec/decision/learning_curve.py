"""What a learning curve says of more to learn from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite

import numpy as np

DOUBLINGS = 10.0  # beyond it "no number" is the honest answer


def more_to_learn(curve: Mapping[str, Sequence[float]], learnt: int, wanted: float) -> int:
    """About how many more queries to learn from would bring the gain to ``wanted``; 0 where the curve does not say so.

    The gain is taken to go on rising by as much with every doubling as from a half to all, on the mean of the seeds.
    It must have risen by more than its standard error, or it may have risen by chance.

    Parameters
    ----------
    curve
        Gains of the seeds by the share of the queries learnt from: ``0.5`` and ``1`` are read.
    wanted
        Half the width of the interval: a gain of this size would be shown.
    """
    if not {"0.5", "1"} <= curve.keys():
        return 0
    half, whole = (np.asarray(curve[share], dtype=np.float64) for share in ("0.5", "1"))
    rise = float(whole.mean() - half.mean())
    error = sum(float(one.var(ddof=1)) / len(one) for one in (half, whole)) ** 0.5 if len(half) > 1 else 0.0
    if rise <= error or rise <= 0:
        return 0
    doublings = (wanted - float(whole.mean())) / rise
    if not isfinite(doublings) or not 0 < doublings <= DOUBLINGS:
        return 0
    return max(1, round(learnt * 2**doublings) - learnt)


def curve_words(curve: Mapping[str, Sequence[float]], learnt: int) -> str:
    """The curve on one line: the gain, and its range over the seeds, by how many were learnt from."""
    points = []
    for share, gains in curve.items():
        low, high = (f"{bound:+.3f}" for bound in (min(gains), max(gains)))
        seeds = f" ({low} to {high})" if low != high else ""
        points.append(f"{round(float(share) * learnt):,}: {float(np.mean(gains)):+.4f}{seeds}")
    return "; ".join(points)
