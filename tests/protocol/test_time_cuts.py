"""Cuts of a split by time, in any unit; and splits that leave a part empty."""

import datetime as dt
from typing import Any

import pyarrow as pa
import pytest

from itemvec.core.errors import ItemvecError, ParamsError
from itemvec.protocol.splits import split
from tests.conftest import histories

WHOLE = histories([0, 1, 2, 3], [4, 0, 1], n_items=5)
NOON = 1700481600  # 2023-11-20 12:00:00
DAYS = [0, 1, 2, 3, 0, 1, 3]
SECONDS = [NOON + 86400 * day for day in DAYS]


def cut(times: list[int], validation_from: Any, test_from: Any) -> dict[str, int]:
    row = {"kind": "timestamp", "validation_from": validation_from, "test_from": test_from}
    parts = split(row, WHOLE, pa.table({"timestamp": times}))
    parts.check_filled("timestamp")
    return parts.audit(WHOLE)


@pytest.mark.parametrize("unit", [1, 1000, 10**6, 10**9])
@pytest.mark.parametrize(
    "cuts",
    [
        (NOON + 2 * 86400, NOON + 3 * 86400),
        ((NOON + 2 * 86400) * 1000, (NOON + 3 * 86400) * 1000),
        ((NOON + 2 * 86400) * 10**9, NOON + 3 * 86400),
        ("2023-11-22", "2023-11-23"),
        ("2023-11-22 12:00:00", "2023-11-23T13:00:00+01:00"),
        (dt.date(2023, 11, 22), dt.datetime(2023, 11, 23)),
    ],
)
def test_times_and_cuts_of_any_unit_make_the_same_parts(unit: int, cuts: tuple[Any, Any]) -> None:
    times = [time * unit + (unit > 1) for time in SECONDS]  # which no coarser unit holds
    assert cut(times, *cuts) == {"train": 4, "validation": 1, "test": 2}


@pytest.mark.parametrize(
    ("cuts", "said"),
    [
        (("2024-01-01", "2024-02-01"), "leaves nothing for test and validation; cuts are 2024-01-01 and 2024-02-01, "),
        (("2024-01-01", "2024-02-01"), "times are from 2023-11-20 12:00:00 to 2023-11-23 12:00:00; change recommend"),
        (("2023-11-22", "2024-02-01"), "leaves nothing for test; cuts"),
        (("2023-11-01", "2023-11-22"), "leaves nothing for training; cuts"),
        (("2023-11-22", "2023-11-22 01:00:00"), "leaves nothing for validation; cuts"),
        ((1, 2), "leaves nothing for training and validation"),
    ],
)
def test_an_empty_part_is_refused(cuts: tuple[Any, Any], said: str) -> None:
    with pytest.raises(ItemvecError, match=said):
        cut(SECONDS, *cuts)


def test_validation_may_be_left_out_on_purpose() -> None:
    assert cut(SECONDS, "2023-11-22", "2023-11-22") == {"train": 4, "validation": 0, "test": 3}


@pytest.mark.parametrize(
    ("times", "cuts", "said"),
    [
        (DAYS, ("2023-11-22", "2023-11-23"), "cut '2023-11-22': the times of the interactions are places in an order"),
        (SECONDS, ("soon", "2023-11-23"), "cut 'soon': .*; write it as 2023-11-20 or 2023-11-20 12:00:00"),
        (SECONDS, ("2023-11-24", "2023-11-23"), "validation starts at 2023-11-24, after test at 2023-11-23; swap them"),
        (SECONDS, ("2023-11-24", NOON), "after test at"),
        (SECONDS, (0.5, "2023-11-23"), "give two shares between 0 and 1, or two times as dates or whole numbers"),
    ],
)
def test_cuts_that_do_not_fit_are_refused(times: list[int], cuts: tuple[Any, Any], said: str) -> None:
    with pytest.raises(ParamsError, match=said):
        cut(times, *cuts)


def test_users_of_two_interactions_leave_nothing_out() -> None:
    short = split("leave-one-out", histories([0, 1], [1, 2], n_items=3))
    with pytest.raises(
        ItemvecError, match=r"split leave-one-out leaves nothing for test; change recommend.split, or give"
    ):
        short.check_filled("leave-one-out")
