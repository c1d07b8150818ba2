"""Cases that are counted in blocks of users are as many as those that a split makes."""

from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from itemvec.datasets.encoded_ids import encoded
from itemvec.protocol.histories import Histories
from itemvec.protocol.splits import split
from itemvec.stages.split_sizes import Interactions, Sizes

ITEMS = pa.array([f"i{number}" for number in range(9)])


def drawn(n: int = 200) -> Any:
    """Interactions of 30 users, sorted; their parts are in order of time."""
    rng = np.random.default_rng(0)
    users, times = np.sort(rng.integers(30, size=n)), np.zeros(n, np.int64)
    for user in range(30):
        times[users == user] = np.sort(rng.integers(1_600_000_000, 1_600_001_000, size=np.count_nonzero(users == user)))
    parts = np.array(["train", "validation", "test"])[np.digitize(times, [1_600_000_500, 1_600_000_800])]
    names = [f"u{user:02}" for user in users], [f"i{item}" for item in rng.integers(9, size=n)]
    return pa.table([*names, times, parts], ["user_id", "item_id", "timestamp", "split"])


def with_dictionaries(table: Any) -> Any:
    columns = [encoded(one) if pa.types.is_string(one.type) else one for one in table.columns]
    return pa.table(columns, table.column_names)


@pytest.mark.parametrize("users", [1, 7, 1 << 16])
@pytest.mark.parametrize(
    "row",
    [
        {"kind": "given"},
        {"kind": "leave-one-out"},
        {"kind": "timestamp", "validation_from": 0.8, "test_from": 0.9},
        {"kind": "timestamp", "validation_from": 1_600_000_300, "test_from": 1_600_000_600, "targets": "first"},
    ],
)
def test_sizes_are_those_of_the_split(row: dict[str, Any], users: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("itemvec.stages.split_sizes.USERS", users)
    plain = drawn()
    table = with_dictionaries(plain)
    whole = Histories.of(plain, ITEMS)
    parts = split(row, whole, plain)
    interactions = Interactions.of(table, ITEMS)
    assert interactions.whole.users.equals(whole.users)
    assert np.array_equal(interactions.whole.items, whole.items)
    assert np.array_equal(interactions.whole.offsets, whole.offsets)
    assert interactions.sizes(row) == Sizes(
        int(np.count_nonzero(parts.train.lengths > 1)), len(parts.validation.judgments), len(parts.test.judgments)
    )
    pairs = len(set(zip(plain["user_id"].to_pylist(), plain["item_id"].to_pylist(), strict=True)))
    assert interactions.repeated() == 1 - pairs / len(plain)


def test_a_split_that_cannot_be_made_has_no_sizes() -> None:
    plain = pa.table(
        [["u", "u"], ["i1", "i2"], [1, 2], ["test", "train"]], ["user_id", "item_id", "timestamp", "split"]
    )
    table = with_dictionaries(plain)
    assert Interactions.of(table, ITEMS).sizes({"kind": "given"}) is None
