"""Whether the values of a column can be, or look like, those of a role."""

from __future__ import annotations

from itemvec.commands.setup.role_names import WORDS, is_numbered
from itemvec.commands.setup.sheet import Column
from itemvec.core.columns import CLICKED, DWELL, GAIN, GROUP, ITEM, PART, PARTS, POSITION, QUERY, SESSION, TIME, USER

GRADES = 12  # different values of a column that can be a grade


def fits(role: str, column: Column, table: str) -> bool:
    """Whether the values of a column can be those of a role."""
    if role in (ITEM, USER, QUERY, GROUP, SESSION):
        return column.exact
    if role == TIME:
        return column.is_time or column.is_number
    if role == PART:
        words = set(column.distinct.to_pylist())
        return words <= set(PARTS) and "test" in words and (table != "interactions" or "train" in words)
    if role in (POSITION, DWELL):
        return column.is_number
    if role in (GAIN, CLICKED):
        return column.is_number or len(column.distinct) <= GRADES
    return column.exact and not column.is_number and not column.is_time and column.share(r"^\s*https?://") < 0.5


def alike(role: str, column: Column, table: str) -> bool:
    """Whether the values of a column, whatever its name, look like those of a role."""
    if role == ITEM:
        unique = len(column.distinct) == len(column.values) == column.rows
        return table == "items" and column.exact and unique and column.words < 2
    if role == USER:
        return column.exact and column.words < 2 and not column.is_time and 1 < len(column.distinct) < column.rows
    if role == TIME:
        return column.is_time
    if role == GAIN:
        return column.is_number and 1 < len(column.distinct) <= GRADES and not is_numbered(column.name)
    if role == WORDS:
        repeated = len(column.distinct) < 0.5 * len(column.values) if table == "judgments" else True
        return fits(WORDS, column, table) and column.words > 1.2 and repeated
    if role == QUERY:
        return table == "queries" and column.exact and len(column.distinct) == column.rows and column.words < 2
    return False
