"""A table that is checked some rows at a time has the verdict, the counts and the first rows of the whole."""

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from itemvec.core.errors import ExpectationError
from itemvec.core.files import write_parquet
from itemvec.stages.checked_table import CheckedTable
from itemvec.stages.expectations import meet
from itemvec.stages.streamed_expectations import BY_ROWS, BY_SHAPE, UNIQUE, meet_streamed

NAMES = ["id", "text", "number", "more", "when"]
ROWS = [
    ("a", "10", 1, 1, "2024-01-01"),
    ("b", "", 2, 2, "never"),
    ("a", None, 3, 4, "2024-01-02"),
    ("c", "x y", None, 4, "2024-01-03"),
    ("d", "{}", 5, 0, None),
    (None, "10", 1, 1, "2024-01-04"),
    ("e", "7", 6, 8, "2024-01-05"),
]
TABLE = pa.table([list(column) for column in zip(*ROWS, strict=True)], NAMES)
DATE = {"strftime_format": "%Y-%m-%d"}
PAIR = {"column_A": "number", "column_B": "more"}
# Of every type that is not checked on the whole: options that some rows break.
BROKEN: dict[str, dict[str, Any]] = {
    "expect_column_pair_values_a_to_be_greater_than_b": PAIR,
    "expect_column_pair_values_to_be_equal": PAIR,
    "expect_column_pair_values_to_be_in_set": PAIR | {"value_pairs_set": [[1, 1], [2, 2]]},
    "expect_column_value_lengths_to_be_between": {"column": "text", "min_value": 2},
    "expect_column_value_lengths_to_equal": {"column": "text", "value": 2},
    "expect_column_values_to_be_between": {"column": "number", "min_value": 2, "max_value": 5},
    "expect_column_values_to_be_dateutil_parseable": {"column": "when"},
    "expect_column_values_to_be_in_set": {"column": "id", "value_set": ["a", "b"]},
    "expect_column_values_to_be_json_parseable": {"column": "text"},
    "expect_column_values_to_be_null": {"column": "when"},
    "expect_column_values_to_match_json_schema": {"column": "text", "json_schema": {"type": "object"}},
    "expect_column_values_to_match_regex": {"column": "number", "regex": "^[1-5]\\.0$"},
    "expect_column_values_to_match_regex_list": {"column": "text", "regex_list": ["^1", "^x"]},
    "expect_column_values_to_match_strftime_format": {"column": "when"} | DATE,
    "expect_column_values_to_not_be_in_set": {"column": "id", "value_set": ["a", "b"]},
    "expect_column_values_to_not_be_null": {"column": "id"},
    "expect_column_values_to_not_match_regex": {"column": "text", "regex": "^1"},
    "expect_column_values_to_not_match_regex_list": {"column": "text", "regex_list": ["^1", "^x"]},
    "expect_multicolumn_sum_to_equal": {"column_list": ["number", "more"], "sum_total": 2},
    "expect_select_column_values_to_be_unique_within_record": {"column_list": ["number", "more"]},
    "expect_column_values_to_be_unique": {"column": "id"},
    "expect_compound_columns_to_be_unique": {"column_list": ["text", "more"]},
    "expect_table_row_count_to_be_between": {"max_value": 6},
    "expect_table_row_count_to_equal": {"value": 6},
    "expect_table_column_count_to_be_between": {"max_value": 4},
    "expect_table_column_count_to_equal": {"value": 4},
    "expect_table_columns_to_match_ordered_list": {"column_list": ["id"]},
    "expect_table_columns_to_match_set": {"column_set": ["id"]},
    "expect_column_to_exist": {"column": "other"},
}
CONDITION = {"row_condition": "number > 2", "condition_parser": "pandas"}
WHOLE: list[tuple[str, dict[str, Any]]] = [
    ("expect_column_mean_to_be_between", {"column": "number", "max_value": 2}),
    ("expect_column_values_to_be_increasing", {"column": "more"}),
    ("expect_column_values_to_be_between", {"column": "other", "max_value": 2}),
    ("expect_column_values_to_be_between", {"column": "more", "max_value": 2, **CONDITION}),
    ("expect_compound_columns_to_be_unique", {"column_list": ["number", "more"], "ignore_row_if": "never"}),
]


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("streamed") / "items.parquet"
    write_parquet(path, TABLE)
    return path


def lines(path: Path, expectations: list[tuple[str, dict[str, Any]]], streamed: bool) -> list[str]:
    """What is said of the table, a line for each expectation that is broken."""
    suite = path.parent / "suite.json"
    suite.write_text(json.dumps({"expectations": [{"type": kind, "kwargs": own} for kind, own in expectations]}))
    try:
        if streamed:
            met = meet_streamed(CheckedTable(path, ["id"]), suite, ["id", "text"], "items")
        else:
            met = meet(CheckedTable(path, ["id"]).whole(), suite, ["id", "text"], "items")
    except ExpectationError as error:
        return error.message.splitlines()
    assert met == len(expectations)
    return []


def test_every_type_is_tried() -> None:
    assert set(BROKEN) == BY_ROWS | UNIQUE | BY_SHAPE


@pytest.mark.filterwarnings("ignore:.*condition:DeprecationWarning")
def test_rows_that_break_are_counted_and_named_as_on_the_whole(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    expectations = [*BROKEN.items(), *WHOLE]
    whole = lines(path, expectations, streamed=False)
    assert len(whole) == len(expectations)
    monkeypatch.setattr("itemvec.stages.checked_table.ROWS", 2)
    assert lines(path, expectations, streamed=True) == whole


def test_the_share_that_may_break_is_taken_of_all_rows(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a part of the rows alone would decide otherwise."""
    expectations = [(kind, own | {"mostly": 0.6}) for kind, own in BROKEN.items() if kind in BY_ROWS | UNIQUE]
    whole = lines(path, expectations, streamed=False)
    assert 0 < len(whole) < len(expectations)
    monkeypatch.setattr("itemvec.stages.checked_table.ROWS", 2)
    assert lines(path, expectations, streamed=True) == whole
