"""Numbers on the axes of a chart: round ticks, and places that do not overlap."""

from __future__ import annotations

import math
from collections.abc import Sequence


def round_ticks(low: float, high: float, about: int) -> list[float]:
    """About so many round numbers from ``low`` to ``high``: 1, 2 or 5 times a power of ten apart."""
    span = high - low or abs(high) or 1.0
    rough = span / max(1, about)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough * (1 - 1e-9))
    first = math.ceil(low / step - 1e-9)
    return [round(number * step, 12) for number in range(first, math.floor(high / step + 1e-9) + 1)]


def size_ticks(low: float, high: float, at_most: int) -> list[int]:
    """Powers of two from ``low`` to ``high``, or every second, third, ...; round numbers where these are too few."""
    powers = list(range(math.ceil(math.log2(low)), math.floor(math.log2(high)) + 1))
    if len(powers) < 2:
        return [int(tick) for tick in round_ticks(low, high, at_most - 1) if tick >= 1 and tick == int(tick)]
    every = math.ceil(len(powers) / at_most)
    return [2**power for power in powers[::every]]


def decimals(ticks: Sequence[float]) -> int:
    """How many digits after the point tell these numbers apart."""
    return next((digits for digits in range(8) if all(abs(t - round(t, digits)) < 1e-9 for t in ticks)), 8)


def spread(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Places as near as can be to the wanted ones, in their order, ``gap`` apart and between ``low`` and ``high``.

    Those that are too close are spread evenly about their mean, and joined to the next where they then touch it. Where
    there is no room for all, they go beyond ``high``.
    """
    room = (low, max(low, high))
    clusters: list[tuple[list[int], float]] = []  # which, and where the first of them lies
    for one in sorted(range(len(wanted)), key=lambda i: wanted[i]):
        clusters.append(_placed([one], wanted, gap, room))
        while len(clusters) > 1 and clusters[-1][1] - (clusters[-2][1] + gap * len(clusters[-2][0])) < -1e-9:
            (first, _), (second, _) = clusters[-2:]
            clusters[-2:] = [_placed(first + second, wanted, gap, room)]
    return [place for _, place in sorted((one, at + gap * i) for of, at in clusters for i, one in enumerate(of))]


def _placed(
    members: list[int], wanted: Sequence[float], gap: float, room: tuple[float, float]
) -> tuple[list[int], float]:
    """A cluster about the mean of what its members want, moved into the room."""
    length = gap * (len(members) - 1)
    start = sum(wanted[i] for i in members) / len(members) - length / 2
    return members, max(room[0], min(start, room[1] - length))
