"""Every way a table can be bad ends in one line per fault: table, column, how many rows, the first ids, what to do."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from itemvec.core.columns import DIVIDED, DIVIDED_QUERIES, INTERACTIONS, ITEMS, QRELS, QUERIES
from itemvec.core.errors import ExpectationError
from itemvec.core.files import read_parquet, write_parquet
from itemvec.stages.expectations import meet
from itemvec.stages.validate import validate
from tests.conftest import ROOT

SUITES = ROOT / "expectations"
SCHEMAS = {"items": ITEMS, "interactions": INTERACTIONS, "queries": QUERIES, "qrels": QRELS}
GOOD: dict[str, list[tuple[Any, ...]]] = {
    "items": [("i1", "a shirt"), ("i2", "a hat")],
    "interactions": [("u1", "i1", 1), ("u1", "i2", 2)],
    "queries": [("q1", "shirt", "given")],
    "qrels": [("q1", "i1", 1.0), ("q1", "i2", 0.0)],
}


def write(folder: Path, **tables: list[tuple[Any, ...]]) -> dict[str, Path]:
    paths = {}
    for name, rows in (GOOD | tables).items():
        columns = [list(column) for column in zip(*rows, strict=True)] or [[] for _ in SCHEMAS[name]]
        paths[name] = folder / f"{name}.parquet"
        write_parquet(paths[name], pa.table(columns, schema=SCHEMAS[name]))
    return paths


def test_ties_in_time_are_counted(tmp_path: Path) -> None:
    """Two of one user at the same time; at that time another user did something too, which is no tie."""
    rows = [("u1", "i1", 1), ("u1", "i2", 1), ("u1", "i2", 2), ("u2", "i1", 1)]
    assert validate(write(tmp_path, interactions=rows), SUITES)["interactions"]["tied"] == 2
    assert validate(write(tmp_path), SUITES)["interactions"]["tied"] == 0


def test_tables_of_several_parts_are_judged_as_in_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ties, relevant items and unknown ids that lie on both sides of a border between parts."""
    used = [("u1", "i1", 1), *[("u1", "i2", 2)] * 3, ("u2", "i1", 2), ("u2", "i2", 2), ("u3", "i1", 2), ("u3", "i1", 5)]
    judged = [("q1", "i2", 1.0), ("q1", "i1", 0.0), ("q2", "i1", 2.0), ("q2", "i2", 1.0)]
    asked = [("q1", "shirt", "given"), ("q2", "hat", "given"), ("q3", "cap", "given")]
    good = write(tmp_path / "good", interactions=used, qrels=judged, queries=asked[:2])
    bad = write(tmp_path / "bad", interactions=[*used, ("u4", "i9", 1), ("u5", "i8", 1)], qrels=judged, queries=asked)
    whole = validate(good, SUITES)
    assert whole["interactions"]["tied"] == 5
    with pytest.raises(ExpectationError) as error:
        validate(bad, SUITES)
    for place in ("checked_table.ROWS", "validate.ROWS", "validate.TOGETHER"):
        monkeypatch.setattr(f"itemvec.stages.{place}", 2)
    assert validate(good, SUITES) == whole
    with pytest.raises(ExpectationError) as again:
        validate(bad, SUITES)
    assert again.value.message == error.value.message
    assert "2 of 10 rows" in error.value.message
    assert "first 'q3'" in error.value.message


def test_nothing_needs_to_be_relevant_yet_where_people_judge(tmp_path: Path) -> None:
    paths = write(tmp_path, queries=[("q1", "shirt", "given"), ("q2", "hat", "given")])
    write_parquet(paths["queries"], read_parquet(paths["queries"]).append_column("people_judge", [[True, True]]))
    assert validate(paths, SUITES)["queries"]["rows"] == 2


def test_good_tables_pass(tmp_path: Path) -> None:
    met = validate(write(tmp_path), SUITES)
    assert {name: found["rows"] for name, found in met.items()} == {
        "items": 2,
        "interactions": 2,
        "queries": 1,
        "qrels": 2,
    }
    assert all(found["expectations"] >= 4 for found in met.values())


@pytest.mark.parametrize(("part", "passes"), [("train", True), ("history", True), ("valid", False), (None, False)])
def test_a_split_that_is_given_is_checked(tmp_path: Path, part: str | None, passes: bool) -> None:
    paths = write(tmp_path)
    table = pa.table([["u1"], ["i1"], [1], [part]], schema=DIVIDED)
    write_parquet(paths["interactions"], table)
    if passes:
        assert validate(paths, SUITES)["interactions"]["rows"] == 1
    else:
        with pytest.raises(
            ExpectationError,
            match=rf"split_is_known: 1 of 1 rows.*split '{part or 'nan'}'\).*write one of these, or drop",
        ):
            validate(paths, SUITES)


@pytest.mark.parametrize(("part", "passes"), [("validation", True), ("history", False), (None, False)])
def test_a_split_of_queries_is_checked(tmp_path: Path, part: str | None, passes: bool) -> None:
    paths = write(tmp_path)
    write_parquet(paths["queries"], pa.table([["q1"], ["shirt"], ["given"], [part]], schema=DIVIDED_QUERIES))
    if passes:
        assert validate(paths, SUITES)["queries"]["rows"] == 1
    else:
        with pytest.raises(ExpectationError, match=r"queries: column split_is_known: 1 of 1 rows.*write one of these"):
            validate(paths, SUITES)


@pytest.mark.parametrize("empty", [["interactions"], ["queries", "qrels"]])
def test_a_catalogue_without_one_of_the_tasks_passes(tmp_path: Path, empty: list[str]) -> None:
    validate(write(tmp_path, **{name: [] for name in empty}), SUITES)


@pytest.mark.parametrize(
    ("tables", "said"),
    [
        ({"items": []}, ["items: ", "table_row_count", "the data set is empty"]),
        (
            {"items": [("i1", "a"), ("i1", "b"), ("i2", "c")]},
            ["items: column item_id: 2 of 3 rows break", "unique", "first 'i1'; keep one row per item"],
        ),
        (
            {"items": [("i1", "a"), ("i2", " ")]},
            ["items: column text: 1 of 2 rows break", "first 'i2'; an item without a text cannot be embedded"],
        ),
        (
            {"items": [("i1", "a"), ("i2", None)]},
            ["items: column text: 1 of 2 rows break 'column_values_to_not_be_null'"],
        ),
        ({"items": [("i1", "a"), ("i2", "b"), ("", "c")]}, ["items: column item_id: 1 of 3 rows"]),
        (
            {"interactions": [("u1", "i1", 1), ("u2", "i9", 2)]},
            [
                "interactions: column item_is_known: 1 of 2 rows",
                "first 'u2' (item_id 'i9'); interactions name items that are not in",
            ],
        ),
        ({"interactions": [("u1", "i1", None)]}, ["interactions: column timestamp: 1 of 1 rows"]),
        (
            {"queries": [("q1", "shirt", "given"), ("q2", "hat", "given")]},
            ["queries: column n_relevant: 1 of 2 rows", "first 'q2'; no item is relevant to these queries"],
        ),
        ({"queries": [("q1", "", "given")]}, ["queries: column text: 1 of 1 rows"]),
        ({"qrels": [("q1", "i1", 1.0), ("q7", "i1", 1.0)]}, ["qrels: column query_is_known: 1 of 2", "first 'q7'"]),
        (
            {"qrels": [("q1", "i1", 1.0), ("q1", "i8", 1.0)]},
            ["qrels: column item_is_known: 1 of 2", "first 'q1' (item_id 'i8')"],
        ),
        (
            {"qrels": [("q1", "i1", 1.0), ("q1", "i2", -1.0)]},
            ["qrels: column gain: 1 of 2", "gains are finite and 0 or more"],
        ),
        ({"qrels": [("q1", "i1", 1.0), ("q1", "i2", float("inf"))]}, ["qrels: column gain: 1 of 2"]),
        ({"qrels": [("q1", "i1", 1.0), ("q1", "i1", 2.0)]}, ["qrels: column query_id, item_id: 2 of 2"]),
        ({"interactions": [], "queries": [], "qrels": []}, ["there is nothing to measure; add one of them"]),
    ],
)
def test_bad_tables_are_named(tmp_path: Path, tables: dict[str, Any], said: list[str]) -> None:
    with pytest.raises(ExpectationError) as error:
        validate(write(tmp_path, **tables), SUITES)
    line = next(line for line in error.value.message.splitlines() if said[0] in line)
    assert all(part in line for part in said), line


def test_faults_of_several_tables_are_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(ExpectationError) as error:
        validate(write(tmp_path, items=[("i1", "a"), ("i2", "")], qrels=[("q1", "i1", -1.0)]), SUITES)
    assert [line.split(":")[0] for line in error.value.message.splitlines()] == ["items", "queries", "qrels"]


@pytest.mark.parametrize("content", ["", "[]", '{"name": "items"}'])
def test_a_broken_suite_is_named(tmp_path: Path, content: str) -> None:
    (tmp_path / "items.json").write_text(content)
    with pytest.raises(ExpectationError, match=r"items\.json: not a suite of expectations"):
        meet(pa.table({"item_id": ["a"]}).to_pandas(), tmp_path / "items.json", ["item_id"], "items")


def test_an_expectation_of_a_missing_column_is_a_failure(tmp_path: Path) -> None:
    expectation = {"type": "expect_column_values_to_be_unique", "kwargs": {"column": "nothing"}, "meta": {}}
    (tmp_path / "items.json").write_text(json.dumps({"expectations": [expectation]}))
    with pytest.raises(ExpectationError, match=r"could not be checked: .*nothing.*; see its suite in expectations/"):
        meet(pa.table({"item_id": ["a"]}).to_pandas(), tmp_path / "items.json", ["item_id"], "items")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"norm": np.nan}, "vectors: column norm: 100 of 100 rows break 'column_values_to_not_be_null'"),
        ({"norm": 0.0}, "vectors: column norm: 100 of 100 rows break"),
        ({"distance_to_first": 1e-4}, "vectors: column distance_to_first: .* all vectors are nearly equal"),
        ({"has_declared_width": False}, "vectors: column has_declared_width: 100 of 100 rows"),
    ],
)
def test_expectations_of_vectors(change: dict[str, Any], said: str) -> None:
    whole = {"norm": 1.0, "distance_to_first": 1.2, "has_declared_width": True}
    columns = {name: [value] * 100 for name, value in (whole | change).items()}
    frame = pa.table({"item_id": [f"i{row}" for row in range(100)], **columns}).to_pandas()
    with pytest.raises(ExpectationError, match=said):
        meet(frame, SUITES / "vectors.json", ["item_id"], "vectors")
