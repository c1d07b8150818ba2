"""Dates as people write them, 25.10.2024 or 10/25/2024, in the form of ISO 8601.

Between dots the day comes first. Between slashes or hyphens it may be the day or the month: a number above 12 tells, in
whatever row of the column it stands.
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from itemvec.core.shown import shown
from itemvec.datasets.problem_rows import first_row
from itemvec.datasets.reading import note, problem

CLOCK = r"(?P<clock>[T ] *\d{1,2}:\d\d(?::\d\d(?:\.\d+)?)?)?(?P<zone> ?(?:Z|UTC|[+-]\d\d(?::?\d\d)?))?$"
YEAR_LAST = rf"^(?P<one>\d{{1,2}})(?P<mark>[./-])(?P<two>\d{{1,2}})[./-](?P<year>\d{{4}}){CLOCK}"
YEAR_FIRST = rf"^(?P<year>\d{{4}})(?P<mark>[./-])(?P<one>\d{{1,2}})[./-](?P<two>\d{{1,2}}){CLOCK}"


def as_iso(texts: Any, said: str, where: Any, name: str) -> Any:
    """The dates among ``texts``, Arrow strings, as ISO 8601; other texts, and those that are ISO already, as they are.

    Raises
    ------
    DatasetError
        Nothing tells the day from the month, or rows contradict each other.
    """
    last, first = _parts(texts, YEAR_LAST), _parts(texts, YEAR_FIRST)
    found = _joined(last, *_day_and_month(last, texts, said, where, name))
    return pc.coalesce(found, _joined(first, first["two"], first["one"]), texts)


def _parts(texts: Any, pattern: str) -> dict[str, Any]:
    """What the names of the pattern stand for, null in texts that do not match."""
    found = pc.extract_regex(texts, pattern)
    names = [field.name for field in found.type]
    return {name: pc.if_else(found.is_valid(), pc.struct_field(found, name), None) for name in names}


def _day_and_month(last: dict[str, Any], texts: Any, said: str, where: Any, name: str) -> tuple[Any, Any]:
    one, two = last["one"], last["two"]
    dotted = pc.equal(last["mark"], ".")
    unsure = pc.invert(dotted)
    day_first, month_first = (
        pc.and_(unsure, pc.greater(part.cast(pa.int64()), 12)).fill_null(False) for part in (one, two)
    )
    if pc.any(day_first).as_py() and pc.any(month_first).as_py():
        rows = [first_row(rows) for rows in (day_first, month_first)]
        begins = " and with the month in ".join(f"row {row:,}, {shown(texts[row - 1].as_py())}" for row in rows)
        problem(f"{said} begins with the day in {begins}; write dates as 2024-02-28")
    elif pc.any(unsure).as_py() and not pc.any(pc.or_(day_first, month_first)).as_py():
        row = first_row(unsure.fill_null(False))
        problem(
            f"{said} may begin with the day or with the month, as {shown(texts[row - 1].as_py())} in row {row:,}; "
            "write dates as 2024-02-28"
        )
    is_day = pc.or_(dotted, pa.scalar(bool(pc.any(day_first).as_py())))
    if pc.any(is_day.is_valid()).as_py():
        telling = pc.or_(day_first, month_first)
        row = first_row(telling if pc.any(telling).as_py() else is_day.is_valid())
        order = "day, month, year" if is_day[row - 1].as_py() else "month, day, year"
        note("guessed", where, f"{name} is read as {order}, as {shown(texts[row - 1].as_py())}")
    return pc.if_else(is_day, one, two), pc.if_else(is_day, two, one)


def _joined(parts: dict[str, Any], day: Any, month: Any) -> Any:
    """``2024-10-25 00:37:00Z`` of its parts; null where there are none."""
    day, month = (pc.utf8_lpad(part, 2, "0") for part in (day, month))
    clock = pc.utf8_trim_whitespace(pc.replace_substring(parts["clock"], "T", " "))
    clock = pc.replace_substring_regex(clock, r"^(\d):", r"0\1:")
    date = pc.binary_join_element_wise(parts["year"], month, day, "-")
    timed = pc.binary_join_element_wise(date, clock, " ")
    zone = pc.utf8_trim_whitespace(parts["zone"])
    return pc.if_else(pc.equal(clock, ""), date, pc.binary_join_element_wise(timed, zone, ""))
