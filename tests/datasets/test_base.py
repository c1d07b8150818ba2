from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from itemvec.core.files import write_parquet
from itemvec.datasets.base import as_tables
from itemvec.datasets.encoded_ids import decoded
from itemvec.datasets.table_files import write_tables


@pytest.mark.parametrize(("block", "rows"), [(1 << 26, 1 << 21), (2000, 64), (64, 300), (64, 1)])
def test_rows_are_sorted_in_blocks_as_at_once(block: int, rows: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Times repeat, and equal ones stay in the order in which they came, which the item tells."""
    monkeypatch.setattr("itemvec.datasets.base.BLOCK", block)
    monkeypatch.setattr("itemvec.datasets.by_user.ROWS", rows)
    rng = np.random.default_rng(0)
    users, times = [f"u{one}" for one in rng.integers(3, size=500)], rng.integers(4, size=500)
    raw = pa.table({"user_id": users, "item_id": [f"{row:03}" for row in range(500)], "timestamp": times})
    ids = [f"{one:03}" for one in rng.permutation(500)]
    items = pa.table({"item_id": ids, "text": [f"text of {one}" for one in ids]})
    tables = as_tables(Path("raw"), items, pa.concat_tables([raw[:100], raw[100:101], raw[101:]]))
    found = [tuple(row.values()) for row in tables.interactions.to_pylist()]
    assert found == sorted(found, key=lambda row: (row[0], row[2], row[1]))
    assert len(set(found)) == len(found) == 500
    assert tables.items["item_id"].to_pylist() == sorted(ids)
    assert tables.items["text"].to_pylist() == [f"text of {one}" for one in sorted(ids)]


def test_what_is_missing_comes_last() -> None:
    raw = [(None, "i1", 1), ("u2", "i2", None), ("u2", "i3", 5), ("u1", "i4", 9), (None, "i5", 0)]
    table = pa.table([list(column) for column in zip(*raw, strict=True)], ["user_id", "item_id", "timestamp"])
    tables = as_tables(Path("raw"), pa.table({"item_id": ["a"], "text": ["x"]}), table)
    assert tables.interactions["item_id"].to_pylist() == ["i4", "i3", "i2", "i5", "i1"]


@pytest.mark.parametrize("n_rows", [0, 5])
def test_files_hold_plain_strings_and_are_those_of_the_plain_table(tmp_path: Path, n_rows: int) -> None:
    rows = pa.table({"user_id": ["u2", "u1", "u1", "u2", "u3"], "item_id": list("abcab"), "timestamp": range(5)})
    tables = as_tables(Path("raw"), pa.table({"item_id": list("cba"), "text": list("xyz")}), rows[:n_rows])
    write_tables(tmp_path / "tables", tables)
    for name, table in vars(tables).items():
        write_parquet(tmp_path / f"{name}.parquet", decoded(table))
        assert (tmp_path / "tables" / f"{name}.parquet").read_bytes() == (tmp_path / f"{name}.parquet").read_bytes()
