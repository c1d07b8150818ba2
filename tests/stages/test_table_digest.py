"""A digest of tables follows what its reader reads, and nothing else."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from itemvec.core.columns import ATTRIBUTE, HIDDEN, ITEM, ITEMS, QRELS, QUERIES, TEXT, USER
from itemvec.core.files import write_parquet
from itemvec.stages.baseline import measure_baseline
from itemvec.stages.table_digest import READ, table_digest

TABLES: dict[str, Any] = {
    "items": pa.table(
        [["i1", "i2"], ["a lamp", "a hat"], [["red"], None]], schema=ITEMS.append(pa.field("colour", ATTRIBUTE))
    ),
    "interactions": pa.table({USER: ["u", "u"], ITEM: ["i1", "i2"], "timestamp": [1, 2], TEXT: [4.0, 5.0]}),
    "queries": pa.table([["q1"], ["hat"], ["given"], ["i1"]], schema=QUERIES.append(pa.field(HIDDEN, pa.string()))),
    "qrels": pa.table([["q1"], ["i2"], [1.0]], schema=QRELS),
}
COLUMNS = [(table, column) for table, values in TABLES.items() for column in values.column_names]
READERS = {
    "search": {("items", ITEM), ("items", TEXT), *(one for one in COLUMNS if one[0] in ("queries", "qrels"))},
    "recommend": {("items", ITEM), ("items", "colour"), *(one for one in COLUMNS if one[0] == "interactions")},
    "capacity": {
        ("items", ITEM),
        *(one for one in COLUMNS if one[0] in ("queries", "qrels") and one != ("queries", TEXT)),
    },
}
OTHER: dict[Any, Callable[[Any], Any]] = {
    pa.string(): lambda value: f"{value}'",
    pa.int64(): lambda value: value + 1,
    pa.float64(): lambda value: value + 1,
    ATTRIBUTE: lambda value: ["blue"],
}


def written(folder: Path, tables: dict[str, Any]) -> dict[str, Path]:
    for name, table in tables.items():
        write_parquet(folder / f"{name}.parquet", table)
    return {name: folder / f"{name}.parquet" for name in tables}


@pytest.mark.parametrize("reader", READ)
def test_another_value_counts_where_its_column_is_read(reader: str, tmp_path: Path) -> None:
    before = table_digest(written(tmp_path, TABLES), reader)
    for name, column in COLUMNS:
        table = TABLES[name]
        values = table[column].to_pylist()
        changed = pa.array([OTHER[table[column].type](values[0]), *values[1:]], table[column].type)
        others = TABLES | {name: table.set_column(table.column_names.index(column), table.field(column), changed)}
        after = table_digest(written(tmp_path, others), reader)
        assert (after != before) == ((name, column) in READERS[reader]), (name, column)


def test_how_a_part_of_a_table_is_stored_does_not_count(tmp_path: Path) -> None:
    paths = written(tmp_path, TABLES)
    before = table_digest(paths, "capacity")
    for name in READ["capacity"]:
        pq.write_table(TABLES[name], paths[name], compression="none", use_dictionary=False)
    assert table_digest(paths, "capacity")["items"] == before["items"]


def test_a_digest_of_rows_in_another_order_is_another(tmp_path: Path) -> None:
    before = table_digest(written(tmp_path, TABLES), "recommend")
    turned = TABLES | {"items": TABLES["items"].take(pa.array([1, 0]))}
    assert table_digest(written(tmp_path, turned), "recommend")["items"] != before["items"]


@pytest.mark.parametrize(("row", "task"), [({"kind": "popular"}, "recommend"), ({"kind": "bm25"}, "search")])
def test_a_baseline_reads_no_table_beside(
    row: dict[str, Any], task: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is given all of them, and hands on those that its digest is of."""
    seen: list[Any] = []
    for name in ("recommend", "search"):
        monkeypatch.setattr(f"itemvec.stages.baseline.{name}", lambda *given, **_: seen.append(given))
    paths = written(tmp_path, TABLES)
    measure_baseline("mine", row, paths, Any, Any, 0)  # type: ignore[arg-type]
    (given,) = seen
    expected = paths["interactions"] if task == "recommend" else {name: paths[name] for name in READ[task]}
    assert given[1] == expected
