"""The text of an item, joined from several columns."""

from functools import reduce
from typing import Any

import pyarrow.compute as pc


def joined(columns: list[Any]) -> Any:
    """Arrow strings, joined with ". " if both sides are not empty; a missing text counts as empty."""
    return reduce(_both, (column.fill_null("") for column in columns))


def _both(texts: Any, more: Any) -> Any:
    both = pc.binary_join_element_wise(texts, more, ". ")
    return pc.if_else(pc.equal(texts, ""), more, pc.if_else(pc.equal(more, ""), texts, both))
