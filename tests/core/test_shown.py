from decimal import Decimal

import pytest

from itemvec.core.errors import DatasetError
from itemvec.core.progress import say
from itemvec.core.shown import WIDTH, printable, shown


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("a", "'a'"),
        ("é日", "'é日'"),
        ("\x1b[2J", r"'\x1b[2J'"),
        ("\u202etxt", r"'\u202etxt'"),
        ("a\nb\r\t\x00", r"'a\nb\r\t\x00'"),
        (b"caf\xe9", r"b'caf\xe9'"),
        (Decimal("99.00"), "99"),
        (None, "None"),
        (1.5, "1.5"),
    ],
)
def test_a_value_is_shown_without_what_a_terminal_obeys(value: object, expected: str) -> None:
    assert shown(value) == expected


def test_a_long_value_is_cut() -> None:
    assert shown("x" * 1000) == "'" + "x" * (WIDTH - 3) + "'..."
    assert len(shown(list(range(1000)))) < WIDTH + 5


def test_messages_and_remarks_are_printable(capsys: pytest.CaptureFixture[str]) -> None:
    assert DatasetError("a\x1b]0;b\x07\u202ec\nd").format_message() == "a\\x1b]0;b\\x07\\u202ec\nd"
    say("a\x1b[2Jb")
    assert capsys.readouterr().out == "a\\x1b[2Jb\n"
    assert printable("plain é") == "plain é"
