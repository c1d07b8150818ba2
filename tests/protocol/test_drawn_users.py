"""A sample of the users to rank for: the same for all, and small enough."""

from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from itemvec.protocol.drawn_users import drawn
from itemvec.protocol.split_parts import Split
from itemvec.protocol.splits import Cases, split
from tests.conftest import histories

IDS = pa.array([f"user {number}" for number in range(2000)])


def test_as_many_are_drawn_as_are_asked_for_and_all_where_there_are_fewer() -> None:
    assert np.count_nonzero(drawn(IDS, 300)) == 300
    assert drawn(IDS, 2000).all()
    assert drawn(IDS, None).all()
    assert len(drawn(pa.array([], pa.string()), 3)) == 0


def test_the_sample_depends_neither_on_the_order_nor_on_who_else_there_is() -> None:
    turned = IDS.take(pa.array(np.arange(2000)[::-1]))
    assert (drawn(turned, 300)[::-1] == drawn(IDS, 300)).all()
    among_half = drawn(IDS[:1000], 300)
    assert not (drawn(IDS, 300)[:1000] & ~among_half).any()  # of new users some take the place of others, no more


def test_every_user_is_as_likely() -> None:
    """Standard deviation of the number among the first half: sqrt(1000 / 4 / 2) = 11."""
    assert abs(np.count_nonzero(drawn(IDS, 1000)[:1000]) - 500) < 40


def by_case(cases: Cases) -> dict[str, tuple[str, list[int], list[int]]]:
    """User, history and target of each case, by its id."""
    blocks = list(cases.histories.blocks(1))
    shown = [(block.users[0].as_py(), block.items.tolist()) for block in blocks]
    asked = [cases.judgments.slice(row, row + 1).items.tolist() for row in range(len(blocks))]
    return {
        name: (*one, wanted) for name, one, wanted in zip(cases.judgments.ids.to_pylist(), shown, asked, strict=True)
    }


@pytest.mark.parametrize("kind", ["leave-one-out", "timestamp", "given"])
def test_training_is_the_same_and_a_drawn_user_keeps_all_cases(kind: str, rng: np.random.Generator) -> None:
    lists = [rng.integers(6, size=size).tolist() for size in rng.integers(1, 9, size=40)]
    whole = histories(*lists, n_items=6)
    times = np.concatenate([np.sort(rng.integers(50, size=len(one))) for one in lists])
    parts = np.array(["train", "validation", "test"])[np.digitize(times, [30, 40])]
    table: Any = pa.table({"timestamp": times, "split": parts})
    every, some = split(kind, whole, table), split({"kind": kind, "users": 7}, whole, table)
    assert some.train.items.tolist() == every.train.items.tolist()
    assert some.train.users.equals(every.train.users)
    for before, after in ((every.validation, some.validation), (every.test, some.test)):
        known, kept = by_case(before), by_case(after)
        users = {user for user, _, _ in kept.values()}
        assert len(users) == 7
        assert kept == {name: case for name, case in known.items() if case[0] in users}
        assert after.not_drawn == len({user for user, _, _ in known.values()}) - 7
    assert some.audit(whole, times)["test"] == len(some.test.judgments)
    assert same(split({"kind": kind, "users": 40}, whole, table), every)


def same(one: Split, other: Split) -> bool:
    return (one.test.not_drawn, by_case(one.test)) == (0, by_case(other.test))
