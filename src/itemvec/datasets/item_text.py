"""The text of an item from several columns."""

from __future__ import annotations

from functools import reduce
from string import Formatter
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from itemvec.core.errors import ParamsError


def joined(columns: list[Any]) -> Any:
    """Arrow strings, joined with ". " where both sides are not empty; a missing text is empty."""
    return reduce(_both, (column.fill_null("") for column in columns))


def fields_of(template: str, where: str) -> list[str]:
    """Names of the columns in a template such as ``{title} by {brand}``.

    Raises
    ------
    ParamsError
        It is torn, names none, or asks for more than a name.
    """
    try:
        parts = list(Formatter().parse(template))
    except ValueError as error:
        raise ParamsError(f"{where}: template {template!r}: {error}; write names in braces, as {{title}}") from None
    names = [name for _, name, _, _ in parts if name is not None]
    if not all(names) or any(form or change for _, _, form, change in parts) or not names:
        raise ParamsError(f"{where}: template {template!r}: write the names of columns in braces, as {{title}}")
    return list(dict.fromkeys(names))


def filled(template: str, columns: dict[str, Any]) -> Any:
    """Arrow strings: the template with the columns in it; a missing text is empty."""
    rows = len(next(iter(columns.values())))
    parts: list[Any] = []
    for literal, name, _, _ in Formatter().parse(template):
        parts.append(pa.repeat(pa.scalar(literal), rows))
        if name is not None:
            parts.append(columns[name].fill_null(""))
    return pc.utf8_trim_whitespace(pc.binary_join_element_wise(*parts, ""))


def _both(texts: Any, more: Any) -> Any:
    both = pc.binary_join_element_wise(texts, more, ". ")
    return pc.if_else(pc.equal(texts, ""), more, pc.if_else(pc.equal(more, ""), texts, both))
