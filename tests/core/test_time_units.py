import datetime as dt

import numpy as np
import pytest

from itemvec.core.time_units import dated, in_unit, unit_of

NOON = 1700481600  # 2023-11-20 12:00:00 in seconds


@pytest.mark.parametrize(
    ("times", "unit"),
    [
        ([1, 2, 3], None),
        ([0, NOON], "s"),
        ([NOON * 1000], "ms"),
        ([-NOON * 10**6], "us"),
        ([NOON * 10**9], "ns"),
        ([], None),
    ],
)
def test_the_size_of_times_tells_their_unit(times: list[int], unit: str | None) -> None:
    assert unit_of(np.array(times, np.int64)) == unit


@pytest.mark.parametrize(
    ("cut", "unit", "expected"),
    [
        (NOON, "s", NOON),
        (NOON, "ms", NOON * 1000),
        (NOON * 1000, "s", NOON),
        (NOON * 1000 + 1, "s", NOON + 1),  # the first second that is not before it
        (NOON * 10**9, "us", NOON * 10**6),
        ("2023-11-20 12:00:00", "s", NOON),
        ("2023-11-20T13:00:00+01:00", "ms", NOON * 1000),
        ("2023-11-20", "s", NOON - 12 * 3600),
        (dt.date(2023, 11, 20), "s", NOON - 12 * 3600),
        (dt.datetime(2023, 11, 20, 12), "us", NOON * 10**6),
        (3, "s", 3),
        (3, None, 3),
        (NOON, None, NOON),
    ],
)
def test_a_cut_comes_into_the_unit_of_the_table(cut: int | str | dt.date, unit: str | None, expected: int) -> None:
    assert in_unit(cut, unit) == expected


def test_a_date_does_not_cut_an_order() -> None:
    with pytest.raises(ValueError, match="places in an order, not dates; give the cut as a number"):
        in_unit("2023-11-20", None)
    with pytest.raises(ValueError, match="Invalid isoformat string"):
        in_unit("soon", "s")


def test_times_as_people_read_them() -> None:
    assert [dated(NOON, "s"), dated(NOON * 1000, "ms"), dated(7, None)] == ["2023-11-20 12:00:00"] * 2 + ["7"]
    assert dated(1 << 62, "s") == f"{1 << 62} seconds"
