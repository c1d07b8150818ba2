"""Checks of a table of any length against a suite: what judges a row by itself sees some rows at a time.

Every row is looked at. An expectation is checked in one of four ways, each with the outcome that it has on one frame of
all rows:

- by rows: on some rows at a time, wherever the engine sends them; counts are summed, and the share that ``mostly``
  allows is taken of the sums;
- unique: Arrow finds the rows whose values stand twice, and Great Expectations sees these;
- by shape: on an empty frame of as many rows and of the same columns;
- whole: everything else sees the whole of the columns that it names, which takes memory.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from itemvec.core.engine import HERE, Engine
from itemvec.stages import checked_table
from itemvec.stages.checked_table import CheckedTable
from itemvec.stages.expectations import FIRST, Checker, Expectation, Outcome, expectations_of, refuse_broken

Way = Literal["by rows", "unique", "by shape", "whole"]
BY_ROWS = {
    *("expect_column_pair_values_a_to_be_greater_than_b", "expect_column_pair_values_to_be_equal"),
    *("expect_column_pair_values_to_be_in_set", "expect_column_value_lengths_to_be_between"),
    *("expect_column_value_lengths_to_equal", "expect_column_values_to_be_between"),
    *("expect_column_values_to_be_dateutil_parseable", "expect_column_values_to_be_in_set"),
    *("expect_column_values_to_be_json_parseable", "expect_column_values_to_be_null"),
    *("expect_column_values_to_match_json_schema", "expect_column_values_to_match_regex"),
    *("expect_column_values_to_match_regex_list", "expect_column_values_to_match_strftime_format"),
    *("expect_column_values_to_not_be_in_set", "expect_column_values_to_not_be_null"),
    *("expect_column_values_to_not_match_regex", "expect_column_values_to_not_match_regex_list"),
    *("expect_multicolumn_sum_to_equal", "expect_select_column_values_to_be_unique_within_record"),
}
UNIQUE = {"expect_column_values_to_be_unique", "expect_compound_columns_to_be_unique"}
BY_SHAPE = {
    *("expect_table_row_count_to_be_between", "expect_table_row_count_to_equal"),
    *("expect_table_column_count_to_be_between", "expect_table_column_count_to_equal"),
    *("expect_table_columns_to_match_ordered_list", "expect_table_columns_to_match_set", "expect_column_to_exist"),
}
COLUMNS = ("column", "column_A", "column_B", "column_list", "column_set")


def meet_streamed(table: CheckedTable, suite: Path, keys: list[str], name: str, engine: Engine = HERE) -> int:
    """``expectations.meet`` for a table that need not fit into memory as a frame.

    Parameters
    ----------
    engine
        Where rows are checked of a table of more than ``checked_table.ROWS``.

    Raises
    ------
    ExpectationError
        One line per broken expectation, as ``meet`` says it.
    """
    checker, expectations = Checker(suite.stem, keys), expectations_of(suite)
    small = len(table) <= checked_table.ROWS
    outcomes = checker.check(table.whole(), expectations) if small else _outcomes(checker, table, expectations, engine)
    refuse_broken(outcomes, name, len(table), keys)
    return len(outcomes)


def _outcomes(checker: Checker, table: CheckedTable, expectations: list[Expectation], engine: Engine) -> list[Outcome]:
    parts: dict[Way, list[Expectation]] = {}
    for one in expectations:
        parts.setdefault(_way(one, table), []).append(one)
    outcomes: list[Outcome] = []
    if rows := parts.get("by rows"):
        outcomes += _summed(engine.map(_checked, (checker, rows), table.blocks()))
    if shape := parts.get("by shape"):
        outcomes += checker.check(_shape(table), shape)
    for one in parts.get("unique", []):
        outcomes += _unique(checker, table, one)
    for one in parts.get("whole", []):
        outcomes += checker.check(table.whole(_needed(one, checker.keys)), [one])
    return outcomes


def _checked(asked: tuple[Checker, list[Expectation]], block: Any) -> list[Outcome]:
    checker, expectations = asked
    return checker.check(block.to_pandas(), expectations)


def _way(one: Expectation, table: CheckedTable) -> Way:
    kind, options = one.get("type"), one.get("kwargs", {})
    if options.get("row_condition"):  # which may say anything of the whole
        return "whole"
    if kind in BY_SHAPE:
        return "by shape"
    if kind in BY_ROWS:
        return "by rows"
    if kind in UNIQUE and table.are_stored_exactly(_columns(one)):
        return "unique"
    return "whole"


def _columns(one: Expectation) -> list[str]:
    found: list[str] = []
    for option in COLUMNS:
        value = one.get("kwargs", {}).get(option, [])
        found += [value] if isinstance(value, str) else value
    return found


def _needed(one: Expectation, keys: list[str]) -> list[str] | None:
    """Columns that an expectation may look at; None for all."""
    named = _columns(one)
    return None if not named or one["kwargs"].get("row_condition") else [*named, *keys]


def _summed(parts: Iterable[list[Outcome]]) -> list[Outcome]:
    """One outcome of each expectation from those on parts of the rows, which come in the same order every time."""
    whole: dict[tuple[str, int], Outcome] = {}
    for part in parts:
        seen: Counter[str] = Counter()
        for one in part:
            name = str((one.config.type, sorted(one.config.kwargs.items(), key=str), one.config.meta))
            seen[name] += 1
            place = name, seen[name]
            whole[place] = _added(whole[place], one) if place in whole else one
    return list(whole.values())


def _added(one: Outcome, other: Outcome) -> Outcome:
    """The outcome on the rows of both."""
    if one.error or other.error:
        return one if one.error else other
    counts = ("element_count", "unexpected_count", "missing_count")
    found = {name: one.found[name] + other.found[name] for name in counts if name in one.found}
    considered = found["element_count"] - found.get("missing_count", 0)
    mostly = one.config.kwargs.get("mostly", 1.0)
    # As Great Expectations decides: without a row to look at, it is met.
    success = not considered or (float(considered) - float(found["unexpected_count"])) / considered >= mostly
    return Outcome(one.config, success, found, "", [*one.first, *other.first][:FIRST])


def _shape(table: CheckedTable) -> Any:
    """A frame of as many rows and the same columns, a byte for each value."""
    import pandas as pd

    codes = np.full(len(table), -1, np.int8)
    return pd.DataFrame({name: pd.Categorical.from_codes(codes, pd.Index([], dtype=str)) for name in table.names})


def _unique(checker: Checker, table: CheckedTable, one: Expectation) -> list[Outcome]:
    """Rows whose values stand twice, or of which one is missing, are looked at; the others are unique and counted."""
    columns = _columns(one)
    found = pa.concat_tables([pa.table({}), *table.tables(1 << 20, columns, plain=True)], promote_options="default")
    rows = _not_unique(found, columns)
    outcomes = checker.check(table.rows(rows), [one])
    rest = {"element_count": len(table) - len(rows), "unexpected_count": 0, "missing_count": 0}
    return [_added(outcome, Outcome(outcome.config, True, rest)) for outcome in outcomes]


def _not_unique(table: Any, columns: list[str]) -> Any:
    """Places of the rows of which a value is missing, or whose values another row has too; int64, ascending."""
    if not len(table):
        return np.array([], np.int64)
    counts = table.group_by(columns, use_threads=False).aggregate([([], "count_all")])
    twice = counts.filter(pc.greater(counts["count_all"], 1)).select(columns)
    missing = [table[name].is_null() for name in columns]
    gaps = missing[0]
    for more in missing[1:]:
        gaps = pc.or_(gaps, more)
    chosen = gaps
    if len(twice):
        numbered = table.append_column("", pa.array(np.arange(len(table))))
        found = np.zeros(len(table), bool)
        found[numbered.join(twice, columns, join_type="inner")[""].to_numpy()] = True
        chosen = pc.or_(pa.array(found), pa.array(np.asarray(gaps)))
    return np.flatnonzero(np.asarray(chosen))
