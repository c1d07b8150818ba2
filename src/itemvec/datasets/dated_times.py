"""Dates as counts since 1970: ISO 8601, and the types of Arrow.

Those without a time zone are taken as UTC.
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from itemvec.core.shown import shown
from itemvec.datasets.counted_times import none
from itemvec.datasets.problem_rows import DATED, first_row, refuse
from itemvec.datasets.reading import problem

DATE = r"^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?)?"
ZONE = r" ?(Z|UTC|[+-]\d\d(:?\d\d)?)$"


def parsed(texts: Any, said: str) -> Any:
    """Dates as timestamps of microseconds, or of nanoseconds where they have more than six digits."""
    zoned = pc.match_substring_regex(texts, f"[T ].*{ZONE}")
    if pc.any(zoned).as_py() and not pc.all(zoned).as_py():
        with_zone, without = first_row(zoned.fill_null(False)), first_row(pc.invert(zoned).fill_null(False))
        problem(
            f"{said} has a time zone in row {with_zone:,}, {shown(texts[with_zone - 1].as_py())}, and none in row "
            f"{without:,}, {shown(texts[without - 1].as_py())}; write one for all rows, or for none"
        )
        return pa.nulls(len(texts), pa.timestamp("us"))
    texts = pc.replace_substring_regex(texts, r" ?(UTC|Z)$", "Z")
    texts = pc.replace_substring_regex(texts, r" ([+-]\d\d(:?\d\d)?)$", r"\1")
    texts = pc.replace_substring_regex(texts, r"([T ].*[+-]\d\d)$", r"\1:00")
    texts = pc.replace_substring_regex(texts, r"(\.\d*?)0+(Z|[+-]|$)", r"\1\2")
    texts = pc.replace_substring_regex(texts, r"\.(Z|[+-]|$)", r"\1")
    fine = pc.any(pc.match_substring_regex(texts, r"\.\d{7}")).as_py()
    kind = pa.timestamp("ns" if fine else "us", "UTC" if pc.any(zoned).as_py() else None)
    try:
        return texts.cast(kind)
    except pa.ArrowException:
        good = [_is_date(text, kind) for text in texts.to_pylist()]
        refuse(pc.invert(pa.array(good)), texts, f"{said} is no day or time that there is", DATED)
        return pc.if_else(pa.array(good), texts, None).cast(kind)


def _is_date(text: str | None, kind: Any) -> bool:
    try:
        pa.array([text], pa.string()).cast(kind)
    except pa.ArrowException:
        return False
    return True


def of_dates(values: Any, said: str) -> tuple[Any, str | None]:
    """Dates and timestamps of Arrow as int64, and their unit."""
    kind = values.type
    if pa.types.is_date(kind):
        return values.cast(pa.timestamp("s")).cast(pa.int64()), "s"
    if not pa.types.is_timestamp(kind):
        problem(f"{said} is of type {kind}, which is no date; {DATED}")
        return none(len(values)), None
    return values.cast(pa.int64()), kind.unit
