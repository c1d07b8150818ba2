"""Times that are counted since 1970, in the unit that their size tells, without losing a digit."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from itemvec.core.time_units import NAMES, PER_SECOND, UNITS, classes_of, in_unit, unit_of
from itemvec.datasets.problem_rows import DATED, refuse
from itemvec.datasets.reading import problem

Unit = Literal["s", "ms", "us", "ns"]
SOME = 1 << 20  # numbers looked at together, so that what is made of them on the way stays small
EXACT = 1 << 53  # up to here a float holds every whole number
LARGEST = (1 << 63) - 1
LATEST = "2100-01-01"  # a later time was read in the wrong unit
WIDE = pa.decimal128(38, 9)


def of_numbers(values: Any, said: str, unit: Unit | None) -> tuple[Any, str | None]:
    """Numbers of any type as int64 in their own unit; those with a fraction in nanoseconds."""
    if pa.types.is_unsigned_integer(values.type):
        bad = pc.greater(values.cast(pa.uint64()), pa.scalar(LARGEST, pa.uint64())).fill_null(False)
        refuse(bad, values, f"{said} is too large", DATED)
        values = pc.if_else(bad, None, values)
    if pa.types.is_floating(values.type):
        values = _of_floats(values.cast(pa.float64()), said)
    if pa.types.is_decimal(values.type):
        return _of_decimals(values.cast(WIDE), said, unit)
    values = values.cast(pa.int64())
    return values, unit or _unit(values, said)


def _of_floats(values: Any, said: str) -> Any:
    """Whole numbers as int64; else decimals of as many digits as a float of their size holds."""
    sizes = pc.abs(values)
    bad = pc.invert(pc.and_(pc.is_finite(values), pc.less_equal(sizes, float(EXACT)))).fill_null(False)
    refuse(bad, values, f"{said} is infinite, or too large for a float to hold exactly", "write it as an integer")
    values = pc.if_else(bad, None, values)
    broken = pc.not_equal(values, pc.floor(values)).fill_null(False)
    if not pc.any(broken).as_py():
        return values.cast(pa.int64())
    fine = pc.and_(broken, pc.greater_equal(sizes, 1e14)).fill_null(False)
    refuse(fine, values, f"{said} has a fraction that a float of its size does not hold", "write it as a text")
    digits = 6 if pc.max(sizes).as_py() < 1e11 else 3
    return pc.round(values, digits).cast(pa.decimal128(38, digits), safe=False).cast(WIDE)


def _of_decimals(values: Any, said: str, unit: Unit | None) -> tuple[Any, str | None]:
    bad = pc.greater(pc.abs(values), pa.scalar(Decimal(LARGEST), WIDE)).fill_null(False)
    refuse(bad, values, f"{said} is too large", DATED)
    values = pc.if_else(bad, None, values)
    whole = pc.floor(values).cast(pa.int64(), safe=False)
    own = unit or _unit(whole, said)
    broken = pc.not_equal(values, pc.floor(values)).fill_null(False)
    if not pc.any(broken).as_py():
        return whole, own
    if own is None:
        refuse(broken, values, f"{said} has a fraction and no unit", "write whole numbers, or name the unit")
        return whole, own
    finer = PER_SECOND["ns"] // PER_SECOND[own]
    exact = pc.multiply(values.cast(pa.decimal128(27, 9)), pa.scalar(Decimal(finer), pa.decimal128(10, 0)))
    lost = pc.not_equal(exact, pc.floor(exact)).fill_null(False)
    refuse(lost, values, f"{said} is finer than a nanosecond", "leave out the last digits")
    return pc.floor(exact).cast(pa.int64(), safe=False), "ns"


def _unit(values: Any, said: str) -> str | None:
    """The one unit that all numbers of a column can be in."""
    known = values.drop_null().to_numpy()
    classes = (np.unique(classes_of(known[start : start + SOME])) for start in range(0, len(known), SOME))
    present = sorted({int(one) for part in classes for one in part if one >= 0})
    if len(present) > 1:
        filled = classes_of(values.fill_null(0).to_numpy(zero_copy_only=False))
        rows = [int(np.flatnonzero(filled == one)[0]) for one in present]
        parts = [
            f"{NAMES[UNITS[one]]} in row {row + 1:,} ({values[row]})" for one, row in zip(present, rows, strict=True)
        ]
        problem(f"{said} is in {' and in '.join(parts)}; write one unit for all rows")
        return None
    unit = unit_of(known)
    if unit is not None:
        late = pc.greater_equal(values, in_unit(LATEST, unit)).fill_null(False)
        refuse(late, values, f"{said}, read as {NAMES[unit]}, is after {LATEST[:4]}", "write dates, or name the unit")
    return unit


def none(rows: int) -> Any:
    """So many times that are unknown."""
    return pa.nulls(rows, pa.int64())
