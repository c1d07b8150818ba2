from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from itemvec.datasets.base import as_tables


@pytest.mark.parametrize("block", [1 << 26, 2000, 64])
def test_rows_are_sorted_in_blocks_as_at_once(block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Times repeat, and equal ones stay in the order in which they came, which the item tells."""
    monkeypatch.setattr("itemvec.datasets.base.BLOCK", block)
    rng = np.random.default_rng(0)
    users, times = [f"u{one}" for one in rng.integers(3, size=500)], rng.integers(4, size=500)
    raw = pa.table({"user_id": users, "item_id": [f"{row:03}" for row in range(500)], "timestamp": times})
    items = pa.table({"item_id": ["b", "a"], "text": ["x", "y"]})
    tables = as_tables(Path("raw"), items, pa.concat_tables([raw[:100], raw[100:101], raw[101:]]))
    rows = [tuple(row.values()) for row in tables.interactions.to_pylist()]
    assert rows == sorted(rows, key=lambda row: (row[0], row[2], row[1]))
    assert len(set(rows)) == len(rows) == 500
    assert tables.items["item_id"].to_pylist() == ["a", "b"]
