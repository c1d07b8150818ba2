"""A file that is taken for plain at a glance holds nothing that reading it record by record would tell."""

import random
from pathlib import Path

import pytest

from itemvec.core.errors import DatasetError
from itemvec.datasets.quotes import _is_plain, records


@pytest.mark.parametrize("block", [3, 1 << 24])
def test_plain_files_have_no_line_break_in_a_value_and_no_stray_quote(
    block: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("itemvec.datasets.raw_files.BLOCK", block)
    rng, path, plain = random.Random(0), tmp_path / "drawn.csv", 0
    for _ in range(600):
        separator, limit = rng.choice(",;|\t"), rng.choice([None, 1, 2])
        text = "".join(rng.choice(f'""""aab, \n\n\r{separator}{separator}') for _ in range(rng.randrange(1, 25)))
        path.write_text(rng.choice(["", "", "\ufeff"]) + text, encoding="utf-8", newline="")
        if not _is_plain(path, "utf-8", separator, "doubled", limit):
            continue
        plain += 1
        try:
            for number, _, fields in records(path, "utf-8", separator, "doubled"):
                assert not any("\n" in field or "\r" in field for field in fields), text
                if limit is not None and number >= limit:
                    break
        except DatasetError as error:
            raise AssertionError(text) from error
    assert plain > 60


@pytest.mark.parametrize(
    ("text", "is_plain"),
    [
        ("a,b\n1,2\n", True),
        ('"a","b"\n"1, ""x""",2\r\n', True),
        ('\ufeff"a",b\n\n1,""', True),
        ('a,b\n1,5" wide\n', False),
        ('a,b\n1,"x\ny"\n', False),
        ('a,b\n1,"x"y\n', False),
        ('a,b\n1,"x', False),
    ],
)
def test_what_is_plain(text: str, is_plain: bool, tmp_path: Path) -> None:
    path = tmp_path / "some.csv"
    path.write_text(text, encoding="utf-8", newline="")
    assert _is_plain(path, "utf-8", ",", "doubled", None) == is_plain
