import pyarrow as pa
import pytest

from itemvec.datasets.html_text import plain
from itemvec.datasets.mojibake import repaired


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<ul>\n<li>Black</li><li>White</li></ul>", "Black White"),
        ("A&nbsp;&amp;&nbsp;B &#39;x&#39; AT&T", "A & B 'x' AT&T"),
        ("<style type='a'>p {color: red}</style>lamp<!-- <b> -->", "lamp"),
        ("lamp .a { color: red; } 8 tall #b{}", "lamp 8 tall"),
        ("width < 5 in, height <3 in > 1, {2 pieces}", "width < 5 in, height <3 in > 1, {2 pieces}"),
        ("", ""),
        (None, None),
    ],
)
def test_markup_gives_way_to_spaces(text: str | None, expected: str | None) -> None:
    assert plain(pa.chunked_array([[text], [text]], pa.string())).to_pylist() == [expected] * 2


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("dÃ©cor", "décor"),
        ("a â€œgoodâ€\x9d lamp â€“ itâ€™s", "a “good” lamp – it’s"),
        ("décor", "décor"),
        ("Ã©t é", "Ã©t é"),  # only a part of it was
        ("Ångström", "Ångström"),
        ("plain", "plain"),
    ],
)
def test_utf8_read_as_windows_1252_is_read_again(text: str, expected: str) -> None:
    assert repaired(pa.array([text])).to_pylist() == [expected]
