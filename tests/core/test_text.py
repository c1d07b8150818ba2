import pytest

from itemvec.core.text import p_value, visible, without_markup


@pytest.mark.parametrize(("p", "said"), [(0.0004, "<.001"), (0.001, ".001"), (0.25, ".250"), (1.0, "1.000")])
def test_p_as_people_read_it(p: float, said: str) -> None:
    assert p_value(p) == said


@pytest.mark.parametrize(
    ("hidden", "shown"),
    [("\u202e", "\\u202e"), ("\u2066", "\\u2066"), ("\x00", "\\u0000"), ("\x1b", "\\u001b"), ("\ud800", "\\ud800")],
)
def test_what_cannot_be_seen_is_written_out(hidden: str, shown: str) -> None:
    assert visible(f"red{hidden}dress") == f"red{shown}dress"


def test_what_belongs_to_a_text_stays() -> None:
    text = "a\tb\nc é 猫 می\u200cخواهم 👩\u200d🔧 <b>"
    assert visible(text) == text


def test_markup_is_written_out() -> None:
    assert without_markup("</script>&\u202e") == "\\u003c/script\\u003e\\u0026\\u202e"
    assert without_markup("constructed: known item") == "constructed: known item"
