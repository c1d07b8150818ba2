"""Which grade of a judgment counts as relevant."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from itemvec.commands.setup.role_names import simple
from itemvec.commands.setup.sheet import Column

# Families of labels that are known, each with its gains. E, S, C and I are those of ESCI.
FAMILIES: tuple[dict[str, float], ...] = (
    {"e": 1.0, "s": 0.1, "c": 0.01, "i": 0.0},
    {"exact": 1.0, "substitute": 0.1, "complement": 0.01, "irrelevant": 0.0},
    {"exact": 1.0, "partial": 0.5, "irrelevant": 0.0},
    {"relevant": 1.0, "partially relevant": 0.5, "not relevant": 0.0, "irrelevant": 0.0},
    {"perfect": 4.0, "excellent": 3.0, "good": 2.0, "fair": 1.0, "bad": 0.0},
    {"yes": 1.0, "no": 0.0},
    {"true": 1.0, "false": 0.0},
)


@dataclass(frozen=True)
class Grades:
    """What counts as relevant.

    option
        ``gain`` of the row: the least grade that is relevant, the gain of each label, or None for the numbers as they
        are.
    said
        The same as a sentence.
    """

    option: Any
    said: str


def grades_of(column: Column) -> Grades | None:
    """What counts as relevant by a column of grades; None where its labels are not known."""
    if column.is_number:
        return _numbers(column)
    labels = column.distinct.to_pylist()
    own = {label: label.strip().casefold() for label in labels}
    family = next((family for family in FAMILIES if set(own.values()) <= family.keys()), None)
    if family is None:
        return None
    gains = {label.strip(): family[own[label]] for label in sorted(labels, key=lambda label: -family[own[label]])}
    said = ", ".join(f"{label} {gain:g}" for label, gain in gains.items())
    return Grades(None if not column.exact else gains, f"gain of each label of {column.name!r}: {said}")


def _numbers(column: Column) -> Grades:
    numbers = pc.cast(pc.utf8_trim_whitespace(column.values), pa.float64())
    least, most = (pc.min_max(numbers)[end].as_py() for end in ("min", "max"))
    counted = "click" in simple(column.name)
    if least <= 0 or least == most or counted:
        above = "every judgment is relevant" if least > 0 else "above 0 is relevant"
        return Grades(None, f"{column.name!r} is {least:g} to {most:g}: {above}, a higher number is better")
    middle = (least + most) / 2
    grade = ceil(middle) if pc.all(pc.equal(numbers, pc.floor(numbers))).as_py() else middle
    return Grades(float(grade), _least(column.name, least, most, grade, numbers))


def _least(name: str, least: float, most: float, grade: float, numbers: Any) -> str:
    share = pc.mean(pc.greater_equal(numbers, grade).cast(pa.int8())).as_py()
    return (
        f"{name!r} is {least:g} to {most:g}, and {grade:g} or more counts as relevant ({share:.0%} of the judgments); "
        "--gain sets another grade"
    )


def parsed(text: str) -> Any:
    """``--gain`` as the row has it: ``2``, or ``Exact=1,Partial=0.5``.

    Raises
    ------
    ValueError
        A gain is no number.
    """
    if "=" not in text:
        return float(text)
    pairs = (part.partition("=") for part in text.split(","))
    return {label.strip(): float(value) for label, _, value in pairs}
