"""Numbers that an interaction brings, such as a rating: columns of the table of interactions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from itemvec.datasets.gains import numbers

TRUE, FALSE = ("true", "yes", "t", "y"), ("false", "no", "f", "n")


def event_values(values: Any, where: Path, name: str) -> Any:
    """Float64 of each interaction: a number, or 1 and 0 for yes and no; what is missing stays so.

    Raises
    ------
    DatasetError
        A value is neither.
    """
    values = values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
    if pa.types.is_string(values.type) or pa.types.is_large_string(values.type):
        values = pc.utf8_lower(pc.utf8_trim_whitespace(values.cast(pa.string())))
        for words, number in ((TRUE, "1"), (FALSE, "0")):
            values = pc.if_else(pc.is_in(values, value_set=pa.array(words)), number, values)
        values = pc.if_else(pc.equal(values, ""), None, values)
    given = values.is_valid()
    known = values.cast(pa.int8()) if pa.types.is_boolean(values.type) else values
    if pa.types.is_null(known.type):
        return pa.nulls(len(values), pa.float64())
    found = numbers(
        pc.if_else(given, known, pa.scalar("0" if pa.types.is_string(known.type) else 0, known.type)), where, name
    )
    return pc.if_else(given, found, None)
