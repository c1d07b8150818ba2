"""Attributes of items: columns of the table of items that a text does not replace, such as category or brand."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from itemvec.core.columns import ATTRIBUTE
from itemvec.core.errors import DatasetError, ParamsError
from itemvec.datasets.raw_tables import strings


def check_names(names: Sequence[str], taken: Sequence[str], where: str) -> None:
    """Refuse names of columns that stand twice or mean something else.

    Raises
    ------
    ParamsError
        One does.
    """
    for name in names:
        if not name.strip() or name in taken or names.count(name) > 1:
            why = "stands twice" if names.count(name) > 1 else "is taken" if name.strip() else "is empty"
            raise ParamsError(f"{where}: the name {name!r} {why}; name other columns")


def values_of(table: Any, name: str, where: Path) -> Any:
    """The values of each item, Arrow lists of strings without blanks around them; a missing value is an empty list.

    Parameters
    ----------
    table
        Its column ``name`` has a text or a whole number for each item, or a list of texts.

    Raises
    ------
    DatasetError
        The column is of another type.
    """
    values = table[name].combine_chunks() if isinstance(table[name], pa.ChunkedArray) else table[name]
    if not (pa.types.is_list(values.type) or pa.types.is_large_list(values.type)):
        return listed(strings(table, name, where))
    kind = values.type.value_type
    if not (pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_null(kind)):
        raise DatasetError(f"{where}: column {name!r} has lists of {kind}; write a text, or a list of texts")
    return _without_gaps(pc.list_parent_indices(values), pc.list_flatten(values).cast(pa.string()), len(values))


def listed(texts: Any, separator: str | None = None) -> Any:
    """Lists of the one text of each item, or of the parts between which ``separator`` stands."""
    texts = texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts
    if separator is not None:
        parts = pc.split_pattern(texts, separator)
        return _without_gaps(pc.list_parent_indices(parts), pc.list_flatten(parts), len(texts))
    return _without_gaps(pa.array(np.arange(len(texts))), texts, len(texts))


def first_rows(table: Any, keys: list[str]) -> Any:
    """The first row of each combination of ``keys``, in the order of the table."""
    numbered = table.select(keys).append_column("place", pa.array(np.arange(len(table))))
    first = numbered.group_by(keys, use_threads=False).aggregate([("place", "min")])["place_min"]
    return table.take(first.combine_chunks().sort())


def _without_gaps(rows: Any, texts: Any, n: int) -> Any:
    """Lists of the texts of each row, each once, in the order they came; blank and missing texts are left out."""
    texts = pc.utf8_trim_whitespace(texts)
    kept = pc.not_equal(texts, "").fill_null(False)
    flat = pa.table([rows.filter(kept).cast(pa.int64()), texts.filter(kept)], ["row", "text"])
    flat = first_rows(flat, ["row", "text"]).combine_chunks()
    counts = np.bincount(np.asarray(flat["row"]), minlength=n)
    offsets = pa.array(np.concatenate([[0], np.cumsum(counts)]).astype(np.int32))
    found = flat["text"].combine_chunks() if len(flat) else pa.array([], pa.string())
    return pa.ListArray.from_arrays(offsets, found).cast(ATTRIBUTE)
