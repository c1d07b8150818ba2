"""Units of times that are counted since 1970, told by how large the numbers are.

A time from 1973-03 on has nine to eleven digits in seconds, and three more in each finer unit, until the year 5138. The
ranges do not meet, so a number says its own unit. Smaller numbers are places in an order (1, 2, 3), not times.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
from numpy.typing import NDArray

PER_SECOND = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}
NAMES = {"s": "seconds", "ms": "milliseconds", "us": "microseconds", "ns": "nanoseconds"}
LEAST = 10**8  # of a time in seconds: 1973-03-03
UNITS = list(PER_SECOND)
EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def classes_of(times: Any) -> NDArray[np.int8]:
    """Position among ``UNITS`` of the unit of each whole number, -1 where it is too small for any; int8."""
    sizes = np.abs(np.asarray(times, dtype=np.int64).astype(np.float64))
    bounds = np.array([LEAST * per for per in PER_SECOND.values()], dtype=np.float64)
    return (np.searchsorted(bounds, sizes, side="right") - 1).astype(np.int8)


def unit_of(times: Any) -> str | None:
    """Unit of a column of whole numbers, that of its largest; None where they are places in an order."""
    values = np.asarray(times)
    if not len(values):
        return None
    largest = int(classes_of(np.array([values.min(), values.max()])).max())
    return UNITS[largest] if largest >= 0 else None


def in_unit(cut: int | str | dt.date, unit: str | None) -> int:
    """The first whole number in ``unit`` that is not before ``cut``: a number in its own unit, or a date.

    A number that is no time, or one that meets places in an order, stays as it is. A date without a time zone is UTC.

    Raises
    ------
    ValueError
        The text is no date; or it is one, and the unit is unknown.
    """
    if isinstance(cut, int):
        own = unit_of([cut])
        if own is None or unit is None:
            return cut
        return -(-cut * PER_SECOND[unit] // PER_SECOND[own])
    if unit is None:
        raise ValueError("the times of the interactions are places in an order, not dates; give the cut as a number")
    return -(-_microseconds(cut) * PER_SECOND[unit] // PER_SECOND["us"])


def _microseconds(cut: str | dt.date) -> int:
    if isinstance(cut, str):
        cut = dt.datetime.fromisoformat(cut.strip())
    if not isinstance(cut, dt.datetime):
        cut = dt.datetime(cut.year, cut.month, cut.day)
    if cut.tzinfo is None:
        cut = cut.replace(tzinfo=dt.UTC)
    return (cut - EPOCH) // dt.timedelta(microseconds=1)


def dated(time: int, unit: str | None) -> str:
    """A time as people read it: ``2023-11-14 22:13:20``; a place in an order as it is."""
    if unit is None:
        return f"{time}"
    try:
        moment = EPOCH + dt.timedelta(microseconds=time * PER_SECOND["us"] // PER_SECOND[unit])
    except OverflowError:
        return f"{time} {NAMES[unit]}"
    return moment.strftime("%Y-%m-%d %H:%M:%S").removesuffix(" 00:00:00")
