"""Times of any form as whole numbers that keep their order: dates, and counts since 1970 in any unit.

The numbers of a column are in the coarsest of seconds, milliseconds, microseconds and nanoseconds that holds each of
its times exactly. So the same times are the same numbers, whatever file and unit they come from. Small numbers
(1, 2, 3) are places in an order and stay as they are.
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from itemvec.core.arrays import Ints
from itemvec.core.shown import shown
from itemvec.core.time_units import LEAST, NAMES, PER_SECOND, UNITS, dated
from itemvec.datasets.counted_times import WIDE, Unit, none, of_numbers
from itemvec.datasets.dated_times import DATE, ZONE, of_dates, parsed
from itemvec.datasets.problem_rows import DATED, first_row, refuse
from itemvec.datasets.reading import note, problem
from itemvec.datasets.written_dates import as_iso

WHOLE = r"^[+-]?\d{1,18}$"
NUMBER = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$"


def times(values: Any, where: Any, unit: Unit | None = None, name: str = "timestamp") -> Any:
    """The times of a column as an int64 Arrow array.

    Parameters
    ----------
    values
        Strings, numbers, dates or timestamps.
    where
        Path of the file, for messages.
    unit
        Of numbers; by default that which their size tells.

    Raises
    ------
    DatasetError
        A value is no time, a column mixes units, dates with numbers, or dates with and without a time zone.
    """
    return times_of_files([(values, where)], unit, name)[0]


def times_of_files(columns: list[tuple[Any, Any]], unit: Unit | None = None, name: str = "timestamp") -> list[Any]:
    """The times of several files, each a column and its path, in one unit.

    Raises
    ------
    DatasetError
        As ``times``; or one file has times, another places in an order.
    """
    found = [_exact(values, where, unit, name) for values, where in columns]
    units = [own for values, own in found if values.null_count < len(values)]
    if None in units and any(units):
        problem(f"{columns[units.index(None)][1]}: {name} is no time since 1970, as in the other files; {DATED}")
        return [none(len(values)) for values, _ in found]
    finest = max((one for one in units if one), key=UNITS.index, default=None)
    whole = [_in(values, own, finest) for values, own in found]
    for (values, where), one in zip(columns, whole, strict=True):
        _say(one, finest, where, name, guessed=unit is None and _is_counted(values))
    return whole


def _exact(values: Any, where: Any, unit: Unit | None, name: str) -> tuple[Any, str | None]:
    """Times in the coarsest unit that holds all of the column, and that unit."""
    values = _whole(values)
    values = values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
    if pa.types.is_dictionary(values.type):
        values = values.dictionary_decode()
    kind = values.type
    if pa.types.is_large_string(kind) or pa.types.is_null(kind):
        values, kind = values.cast(pa.string()), pa.string()
    said = f"{where}: {name}"
    if not (pa.types.is_string(kind) or pa.types.is_temporal(kind) or _is_number(kind)):
        problem(f"{said} is of type {kind}; {DATED}")
        return none(len(values)), None
    if pa.types.is_string(kind):
        values = pc.utf8_trim_whitespace(values)
        empty = pc.or_kleene(values.is_null(), pc.equal(values, ""))
    else:
        empty = values.is_null()
    refuse(empty, values, f"{said} is missing", "give every row a time")
    if pa.types.is_string(kind):
        found, own = _of_texts(_dated(pc.if_else(empty, None, values), where, name), said, unit)
    elif _is_number(kind):
        found, own = of_numbers(values, said, unit)
    else:
        found, own = of_dates(values, said)
    return _coarsest(found, own)


def _dated(texts: Any, where: Any, name: str) -> Any:
    """Texts of which the dates are as ISO 8601 has them; most files have no others, or numbers."""
    usual = pc.match_substring_regex(texts, f"{NUMBER}|{DATE}({ZONE[:-1]})?$")
    return texts if pc.all(usual).as_py() is not False else as_iso(texts, f"{where}: {name}", where, name)


def _whole(values: Any) -> Any:
    """A column of texts that are all whole numbers as int64, a chunk at a time; any other as it is."""
    if not isinstance(values, pa.ChunkedArray) or not pa.types.is_string(values.type) or not len(values):
        return values
    found = []
    for chunk in values.chunks:
        texts = pc.utf8_trim_whitespace(chunk)
        if texts.null_count or not pc.all(pc.match_substring_regex(texts, WHOLE)).as_py():
            return values
        found.append(pc.replace_substring_regex(texts, r"^\+", "").cast(pa.int64()))
    return pa.chunked_array(found, pa.int64())


def _is_number(kind: Any) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind))


def _is_counted(values: Any) -> bool:
    """Whether times are numbers, of which the unit was guessed."""
    kind = values.type
    return _is_number(kind) or bool(
        pa.types.is_string(kind) and pc.any(pc.match_substring_regex(values, NUMBER)).as_py()
    )


def _of_texts(texts: Any, said: str, unit: Unit | None) -> tuple[Any, str | None]:
    """Texts that are all numbers, or all dates."""
    numeric = pc.match_substring_regex(texts, NUMBER)
    dates = pc.match_substring_regex(texts, f"{DATE}({ZONE[:-1]})?$")
    other = pc.invert(pc.or_(numeric, dates)).fill_null(False)
    refuse(other, texts, f"{said} is neither a whole number nor a date", DATED)
    if pc.any(numeric).as_py() and pc.any(dates).as_py():
        number, date = (first_row(one.fill_null(False)) for one in (numeric, dates))
        problem(
            f"{said} is a date, {shown(texts[date - 1].as_py())}, in row {date:,} and a number, "
            f"{shown(texts[number - 1].as_py())}, in row {number:,}; write one of them"
        )
        return none(len(texts)), None
    if pc.any(dates).as_py():
        return of_dates(parsed(pc.if_else(dates, texts, None), said), said)
    kept = pc.if_else(numeric, texts, None)
    if pc.all(pc.match_substring_regex(kept, WHOLE)).as_py():
        return of_numbers(pc.replace_substring_regex(kept, r"^\+", "").cast(pa.int64()), said, unit)
    try:
        kept = kept.cast(WIDE)
    except pa.ArrowException:
        bad = next(place for place, text in enumerate(kept.to_pylist()) if text is not None and not _is_decimal(text))
        problem(f"{said} {shown(texts[bad].as_py())} in row {bad + 1:,} has more digits than can be kept; {DATED}")
        return none(len(texts)), None
    return of_numbers(kept, said, unit)


def _is_decimal(text: str) -> bool:
    try:
        pa.array([text]).cast(WIDE)
    except pa.ArrowException:
        return False
    return True


def _coarsest(values: Any, unit: str | None) -> tuple[Any, str | None]:
    """The same times in the coarsest unit that holds them all."""
    if unit is None or unit == "s":
        return values, unit
    numbers: Ints = values.fill_null(0).to_numpy(zero_copy_only=False)
    while unit != "s" and not (numbers % 1000).any():
        numbers, unit = numbers // 1000, UNITS[UNITS.index(unit) - 1]
    return pa.array(numbers, pa.int64(), mask=values.is_null().to_numpy(zero_copy_only=False)), unit


def _in(values: Any, unit: str | None, finer: str | None) -> Any:
    if unit is None or finer is None or unit == finer:
        return values
    return pc.multiply_checked(values, PER_SECOND[finer] // PER_SECOND[unit])


def _say(values: Any, unit: str | None, where: Any, name: str, guessed: bool) -> None:
    """How times were understood, where that was a guess."""
    known = values.drop_null()
    if not guessed or not len(known):
        return
    ends = pc.min_max(known)
    first, last = (dated(ends[end].as_py(), unit) for end in ("min", "max"))
    form = f"{NAMES[unit]} since 1970" if unit else "places in an order, not times"
    note("guessed", where, f"{name} is read as {form}, {first} to {last}")
    least = LEAST * PER_SECOND[unit] if unit else 0  # compared on both sides, since absolute values would be a copy
    small = pc.sum(pc.and_(pc.less(known, least), pc.greater(known, -least))).as_py()
    if small:
        note("guessed", where, f"{name} is before 1973-03, as in rows that have no time", small)
