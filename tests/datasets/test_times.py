"""Times of any form: the right whole numbers, or one line that names the row and the value."""

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from itemvec.core.errors import DatasetError
from itemvec.datasets.reading import recorded
from itemvec.datasets.times import times, times_of_files

PATH = Path("x.csv")
DAY = 1709078400  # 2024-02-28 in seconds
EVENING = DAY + 21 * 3600
NANO = EVENING * 10**9 + 123_456_789
UTC = dt.UTC


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["2", " 1 ", "+3", "-4"], [2, 1, 3, -4]),  # places in an order
        (["1700000000", "1700000001"], [1700000000, 1700000001]),
        (["1700000000000", "1700000001000"], [1700000000, 1700000001]),  # whole seconds, written in milliseconds
        (["1700000000123", "1700000001000"], [1700000000123, 1700000001000]),
        (["1700000000000000001"], [1700000000000000001]),  # nanoseconds keep their order
        (["8.81250949E8", "881250950.0"], [881250949, 881250950]),  # RecBole's floats
        (["1700000000.5", "1700000001"], [1700000000500, 1700000001000]),
        (["1700000000.000000001"], [1700000000000000001]),
        (["2024-02-28", "2024-02-28 21:00", "2024-02-28T21:00:00"], [DAY, EVENING, EVENING]),
        (["2024-02-28 21:00:00.123", "2024-02-28 21:00:00.2230"], [EVENING * 1000 + 123, EVENING * 1000 + 223]),
        (["2024-02-28T21:00:00.123456789Z"], [NANO]),
        (["2024-02-28T21:00:00Z", "2024-02-28T22:00:00+01:00", "2024-02-28T20:00:00-01"], [EVENING] * 3),
        (["2024-02-28 21:00:00 UTC", "2024-02-28 22:00:00 +0100"], [EVENING] * 2),
        (["1960-01-01"], [-315619200]),
        ([EVENING, EVENING + 1], [EVENING, EVENING + 1]),
        ([NANO], [NANO]),
        ([1.0, 2.0], [1, 2]),
        ([1700000000.123456], [1700000000123456]),
        ([1700000000123.25], [1700000000123250]),
        ([Decimal("1700000000.25")], [1700000000250]),
        ([dt.date(2024, 2, 28)], [DAY]),
        ([dt.datetime(2024, 2, 28, 21)], [EVENING]),
        ([dt.datetime(2024, 2, 28, 21, tzinfo=dt.timezone(dt.timedelta(hours=1)))], [EVENING - 3600]),
        ([dt.datetime(2024, 2, 28, 21, tzinfo=UTC)], [EVENING]),
        (["0", "1700000000"], [0, 1700000000]),  # told
    ],
)
def test_times_are_whole_numbers_of_the_coarsest_exact_unit(values: list[Any], expected: list[int]) -> None:
    assert times(pa.array(values), PATH).to_pylist() == expected
    chunked = pa.chunked_array([pa.array(values)])
    assert times(chunked, PATH).to_pylist() == expected


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (["1", "soon"], "is neither a whole number nor a date: 'soon' in row 2"),
        (["soon", "later", "2"], "'soon' in row 1 and 1 more"),
        (["1", ""], "is missing: '' in row 2; give every row a time"),
        ([1, None], "is missing: None in row 2"),
        ([None, None], "is missing: None in row 1 and 1 more"),
        (["2024-02-28", "7"], "is a date, '2024-02-28', in row 1 and a number, '7', in row 2"),
        (["2024-02-30"], "is no day or time that there is: '2024-02-30' in row 1"),
        (["2024-13-01 00:00:00"], "is no day or time that there is: '2024-13-01 00:00:00'"),
        (["2024-02-28 24:00:00"], "is no day or time that there is"),
        (["2024-02-28", "28.02.24"], "nor a date: '28.02.24' in row 2"),
        (["02/03/2024"], "may begin with the day or with the month, as '02/03/2024' in row 1"),
        (
            ["2024-02-28T21:00:00Z", "2024-02-28 21:00:00"],
            "has a time zone in row 1, .*, and none in row 2, '2024-02-28 21",
        ),
        (["1700000000123", "1700000000"], r"is in seconds in row 2 \(1700000000\) and in milliseconds in row 1"),
        ([1700000000, 1700000000000000], "is in seconds in row 1 .* and in microseconds in row 2"),
        (["20240228210000"], "read as milliseconds, is after 2100: 20240228210000 in row 1; write dates, or name"),
        (["1.5"], "has a fraction and no unit: 1.5 in row 1"),
        (["0.25", "0.5"], "has a fraction and no unit: 0.25 in row 1 and 1 more"),
        (["1700000000.1234567891"], "'1700000000.1234567891' in row 1 has more digits than can be kept"),
        (["99999999999999999999"], "is too large: 99999999999999999999 in row 1"),
        (["1e30"], "'1e30' in row 1 has more digits"),
        (["\u0661\u0662"], "is neither a whole number nor a date"),
        (["\x1b[31m1"], r"'\\x1b\[31m1' in row 1"),
        ([True, False], "is of type bool; write a whole number"),
        ([[1], [2]], "is of type list"),
        ([b"1"], "is of type binary"),
        ([{"a": 1}], "is of type struct"),
        ([dt.time(21)], "is of type time64.*, which is no date"),
        ([dt.timedelta(1)], "is of type duration.*, which is no date"),
        ([float("nan")], "is infinite, or too large for a float to hold exactly: nan in row 1"),
        ([float("inf")], "is infinite, .*: inf in row 1"),
        ([1.7e18], "too large for a float to hold exactly: 1.7e[+]18 in row 1; write it as an integer"),
        ([1700000000000000.25], "has a fraction that a float of its size does not hold"),
    ],
)
def test_what_is_no_time_is_named(values: list[Any], said: str) -> None:
    with pytest.raises(DatasetError, match=said) as error:
        times(pa.array(values), PATH)
    assert error.value.message.startswith("x.csv: timestamp")
    assert error.value.format_message().isprintable()


def test_a_number_that_no_int64_holds_is_named() -> None:
    with pytest.raises(DatasetError, match="is too large: 9223372036854775808 in row 1"):
        times(pa.array([1 << 63], pa.uint64()), PATH)


def test_a_unit_that_is_named_is_not_guessed() -> None:
    assert times(pa.array(["1.5", "2"]), PATH, "s").to_pylist() == [1500, 2000]
    assert times(pa.array([20240228210000]), PATH, "ms").to_pylist() == [20240228210]


def test_files_of_one_table_have_one_unit() -> None:
    """The first alone would be in seconds."""
    found = times_of_files([(pa.array(["1700000000000"]), PATH), (pa.array(["1700000000123"]), Path("y.csv"))])
    assert [one.to_pylist() for one in found] == [[1700000000000], [1700000000123]]
    with pytest.raises(DatasetError, match=r"y\.csv: timestamp is no time since 1970, as in the other files"):
        times_of_files([(pa.array(["1700000000"]), PATH), (pa.array(["3"]), Path("y.csv"))])


def test_how_numbers_were_understood_is_said() -> None:
    with recorded() as reading:
        times(pa.array(["0", "1700000000"]), PATH)
        times(pa.array(["1", "2"]), PATH)
        times(pa.array(["2024-02-28"]), PATH)
    assert reading.lines == [
        "x.csv: guessed: timestamp is read as seconds since 1970, 1970-01-01 to 2023-11-14 22:13:20",
        "x.csv: 1 row guessed: timestamp is before 1973-03, as in rows that have no time",
        "x.csv: guessed: timestamp is read as places in an order, not times, 1 to 2",
    ]


@pytest.mark.parametrize(
    ("chunks", "expected"),
    [
        ([["1700000000"], ["+1700000001", " 1700000002 "]], [1700000000, 1700000001, 1700000002]),
        ([["1700000000"], [], ["2023-11-14 22:13:21"]], "is a date, .*, in row 2 and a number, '1700000000', in row 1"),
        ([["1700000000"], ["1700000001", ""]], "is missing: '' in row 3"),
        ([["1700000000"], ["1700000001000"]], "in seconds in row 1 .* and in milliseconds in row 2"),
    ],
)
def test_chunks_of_a_column_are_one(chunks: list[list[str]], expected: list[int] | str) -> None:
    values = pa.chunked_array([pa.array(one, pa.string()) for one in chunks])
    if isinstance(expected, str):
        with pytest.raises(DatasetError, match=expected):
            times(values, PATH)
    else:
        assert times(values, PATH).to_pylist() == expected


def test_units_are_told_of_many_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Looked at two at a time: the one in milliseconds is in the third part."""
    monkeypatch.setattr("itemvec.datasets.counted_times.SOME", 2)
    values = [str(1700000000 + row) for row in range(5)]
    assert times(pa.array(values), PATH).to_pylist() == [1700000000 + row for row in range(5)]
    with pytest.raises(DatasetError, match="and in milliseconds in row 5"):
        times(pa.array([*values[:4], "1700000000000"]), PATH)
