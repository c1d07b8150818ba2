"""Gains of judgments: numbers and labels as gains, and duplicates, negative and absent ones by one rule."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from annotated_types import Ge

from itemvec.core.columns import GAIN
from itemvec.core.errors import DatasetError
from itemvec.core.registry import suggest
from itemvec.core.shown import shown
from itemvec.datasets.problem_rows import refuse
from itemvec.datasets.reading import note

Gain = Annotated[float, Ge(0)]


def gains_of(labels: Any, gains: Mapping[str, float], where: object) -> Any:
    """The gain of each label, float64.

    Raises
    ------
    DatasetError
        A label is not among ``gains``.
    """
    found = pc.index_in(labels, value_set=pa.array(list(gains), pa.string()))
    if found.null_count:
        label = pc.filter(labels, pc.is_null(found))[0].as_py()
        raise DatasetError(
            f"{where}: {found.null_count:,} rows have a label like {shown(label)}{suggest(label, gains)}"
        )
    return pa.array(list(gains.values()), pa.float64()).take(found)


def numbers(values: Any, where: Path, name: str = GAIN) -> Any:
    """Grades as float64.

    Raises
    ------
    DatasetError
        One is no finite number.
    """
    values = values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
    if pa.types.is_dictionary(values.type):
        values = values.dictionary_decode()
    said = f"{where}: {name} is no number"
    advice = "write numbers, or give each label its gain"
    if pa.types.is_boolean(values.type):
        values = values.cast(pa.int8())
    if pa.types.is_string(values.type) or pa.types.is_large_string(values.type):
        texts = pc.utf8_trim_whitespace(values.cast(pa.string()))
        fits = pc.match_substring_regex(texts, r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?$").fill_null(False)
        refuse(pc.invert(fits), values, said, advice)
        values = pc.if_else(fits, texts, None)
    elif not (pa.types.is_integer(values.type) or pa.types.is_floating(values.type) or _is_decimal(values.type)):
        raise DatasetError(f"{where}: column {name!r} is of type {values.type}; {advice}")
    found = values.cast(pa.float64())
    bad = pc.invert(pc.is_finite(found)).fill_null(True)
    if not pa.types.is_string(values.type):
        refuse(bad, values, said, advice)
    return found


def _is_decimal(kind: Any) -> bool:
    return bool(pa.types.is_decimal(kind))


def not_negative(gains: Any, where: Path) -> Any:
    """Gains in which what is below zero is zero, as for trec_eval; counted."""
    below = pc.less(gains, 0).fill_null(False)
    if count := pc.sum(below).as_py():
        note("changed", where, f"the gain is negative, as {pc.min(gains).as_py():g}, and counts as 0", count)
        return pc.if_else(below, 0.0, gains)
    return gains


def say_all_relevant(gains: Any, where: Path, advice: str) -> None:
    """Say that every grade counts as relevant, where there are several and none is zero."""
    grades = np.unique(gains.drop_null().to_numpy(zero_copy_only=False))
    if len(grades) > 1 and grades[0] > 0:
        what = f"every grade, {grades[0]:g} to {grades[-1]:g}, counts as relevant, for none is 0; {advice}"
        note("guessed", where, what)
