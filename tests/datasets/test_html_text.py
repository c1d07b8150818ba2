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


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Soft<br>Warm<br/>Dry", "Soft Warm Dry"),
        ("<ul><li>One</li><li>Two</li></ul>", "One Two"),
        ("<p>One</p><P class='a>b'>Two</P>", "One Two"),
        ("Pok<b>é</b>mon <em>cards</em>", "Pokémon cards"),
        ("for kids < 3 years; adults > 12", "for kids < 3 years; adults > 12"),
        ("size<5 & weight>3", "size<5 & weight>3"),
        ("<size> and <3 and x<y and z>w", "<size> and <3 and x<y and z>w"),
        ("5 &lt; 6 and 7 &gt; 3", "5 < 6 and 7 > 3"),
        ("AT&amp;T &amp;amp; more", "AT&T &amp; more"),
        ("&lt;br&gt; is a tag", "<br> is a tag"),
        ("a <b", "a <b"),
        ("a<!-- x", "a<!-- x"),
        ("&copy 2024 &#x41; &#66;", "&copy 2024 A B"),
        ("a<br >b<hr/>c<img src=x>d", "a b c d"),
        ("<!DOCTYPE html><html><body>x</body></html>", "x"),
        ("<textarea>a<b>c</textarea><script>var x = '<br>';</script>d", "ac d"),
        ("\u0000a\u200bb", "\u0000a\u200bb"),
    ],
)
def test_real_tags_go_and_nothing_else(text: str, expected: str) -> None:
    assert plain(pa.array([text, None]))[0].as_py() == expected
