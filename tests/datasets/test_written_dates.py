"""Dates as people write them: the order of day and month is told by what the column holds, or refused."""

from pathlib import Path

import pyarrow as pa
import pytest

from itemvec.core.errors import DatasetError
from itemvec.datasets.reading import recorded
from itemvec.datasets.times import times

FILE = Path("log.csv")


def read(*texts: str) -> list[int]:
    found: list[int] = times(pa.chunked_array([list(texts)]), FILE, name="day").to_pylist()
    return found


@pytest.mark.parametrize(
    ("written", "iso"),
    [
        (["25.10.2024 00:37", "1.2.2024 9:05"], ["2024-10-25 00:37:00", "2024-02-01 09:05:00"]),
        (["3.4.2024"], ["2024-04-03"]),
        (["12/1/2010 8:26", "12/13/2010 08:26:05"], ["2010-12-01 08:26:00", "2010-12-13 08:26:05"]),
        (["13/1/2010", "1/2/2011"], ["2010-01-13", "2011-02-01"]),
        (["15-10-2020 11:00:00.5"], ["2020-10-15 11:00:00.5"]),
        (["2024/1/5", "2024.12.31 10:00"], ["2024-01-05", "2024-12-31 10:00"]),
        (["2024-01-05", "5.1.2024"], ["2024-01-05", "2024-01-05"]),
        (["1.2.2024 10:00 Z", "1.2.2024 12:00+02:00"], ["2024-02-01 10:00", "2024-02-01 10:00"]),
    ],
)
def test_as_the_same_dates_of_iso_8601(written: list[str], iso: list[str]) -> None:
    assert read(*written) == read(*iso)


def test_a_number_above_twelve_tells_and_is_shown() -> None:
    with recorded() as reading:
        read("1/2/2011", "1/13/2011")
    assert reading.lines == ["log.csv: guessed: day is read as month, day, year, as '1/13/2011'"]


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (["1/2/2010", "2/3/2011"], "day may begin with the day or with the month, as '1/2/2010' in row 1; write dates"),
        (["13/1/2010", "1/13/2011"], "begins with the day in row 1, '13/1/2010' and with the month in row 2, '1/13"),
        (["31.02.2024"], "day is no day or time that there is: '2024-02-31' in row 1"),
        (["1.2.2024", "25.10.24"], "day is neither a whole number nor a date: '25.10.24' in row 2"),
    ],
)
def test_what_could_be_two_dates_or_none_is_refused(written: list[str], said: str) -> None:
    with pytest.raises(DatasetError, match=said):
        read(*written)
