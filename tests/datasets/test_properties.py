"""Whatever is in a file or a text, readers, cleaners and the tokenizer keep what they promise."""

import csv
import io
import tempfile
import unicodedata
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from itemvec.core.errors import ItemvecError
from itemvec.core.text import visible, without_markup
from itemvec.core.words import find_words
from itemvec.datasets.delimited import Form, read_delimited
from itemvec.datasets.html_text import plain
from itemvec.datasets.json_lines import read_json
from itemvec.datasets.quotes import check_widths, records
from itemvec.datasets.reading import recorded
from tests.datasets.property_inputs import NAMES, TABLES, TEXTS, VALUES, array, delimited

settings.register_profile("short", max_examples=200, deadline=None, derandomize=True, database=None)
settings.load_profile("short")


def read(content: bytes, form: Form, name: str = "x.csv") -> list[dict[str, str]] | str:
    """The rows of a file, or the line that refuses it."""
    with tempfile.TemporaryDirectory() as folder, recorded():
        path = Path(folder) / name
        path.write_bytes(content)
        try:
            table = read_json(path, NAMES)[0] if name.endswith("jsonl") else read_delimited(path, NAMES, form)[0]
            rows: list[dict[str, str]] = table.to_pylist()
            return rows
        except ItemvecError as error:
            return error.format_message()


@given(TABLES, st.sampled_from([",", "\t", ";", "|"]), st.sampled_from(["\n", "\r\n"]))
def test_what_a_csv_writer_wrote_is_read_as_it_was(rows: list[tuple[str, ...]], separator: str, end: str) -> None:
    """Every value in quotes, which are doubled within: nothing in a value can be taken for anything else."""
    found = read(delimited(rows, separator, end), Form(separator))
    assert found == [dict(zip(NAMES, row, strict=True)) for row in rows]


@given(TABLES, st.sampled_from(["utf-8-sig", "utf-16", "utf-16-le", "utf-32"]))
def test_an_encoding_with_a_mark_changes_nothing(rows: list[tuple[str, ...]], encoding: str) -> None:
    content = delimited(rows, ",", "\n")
    marked = ("" if encoding != "utf-16-le" else "\ufeff") + content.decode()
    assert read(marked.encode(encoding), Form()) == read(content, Form())


@given(st.binary(max_size=300), st.sampled_from(["x.csv", "x.jsonl"]))
def test_any_bytes_give_rows_or_a_line(content: bytes, name: str) -> None:
    found = read(content, Form(None), name)
    assert isinstance(found, list) or (found and found.isprintable())


@given(TABLES, st.binary(min_size=1, max_size=3), st.integers(0, 200))
def test_bytes_put_into_a_file_give_rows_or_a_line(rows: list[tuple[str, ...]], extra: bytes, place: int) -> None:
    content = delimited(rows, ",", "\n")
    found = read(content[:place] + extra + content[place:], Form(strict=True))
    assert isinstance(found, list) or (found and found.isprintable())


@given(TABLES)
def test_records_are_those_of_the_csv_module(rows: list[tuple[str, ...]]) -> None:
    content = delimited(rows, ",", "\n")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.csv"
        path.write_bytes(content)
        found = [fields for _, _, fields in records(path, "utf-8", ",", "doubled")]
        assert check_widths(path, "utf-8", ",", "doubled") == len(rows)
    assert found == list(csv.reader(io.StringIO(content.decode(), newline="")))


@given(st.lists(TEXTS, max_size=8))
def test_words_lie_end_to_end_in_the_order_of_the_texts(texts: list[str]) -> None:
    words = find_words(texts)
    assert len(words.offsets) == len(texts) + 1
    assert (words.offsets[0], words.offsets[-1]) == (0, len(words.codes))
    assert set(words.codes.tolist()) == set(range(len(words.vocabulary)))
    together = words.joined().to_pylist()
    assert together == [find_words([text]).joined().to_pylist()[0] for text in texts]
    assert all(word and not any(map(str.isspace, word)) for word in words.vocabulary.to_pylist())


@given(TEXTS)
def test_spellings_of_a_text_have_the_same_words(text: str) -> None:
    """Composed and decomposed accents, full width, and more blanks between words."""
    same = [unicodedata.normalize(form, text) for form in ("NFC", "NFD")] + [f"  {text}\t"]
    first, *others = find_words([text, *same]).joined().to_pylist()
    assert others == [first] * len(same)


@given(TEXTS)
def test_words_of_words_are_the_same_words(text: str) -> None:
    """Where blanks divide words, they are found again in what was found."""
    found = find_words([text]).joined().to_pylist()
    if found[0].isascii():
        assert find_words(found).joined().to_pylist() == found


@given(st.lists(TEXTS | VALUES, max_size=6))
def test_cleaned_texts_have_no_tags_and_stay_clean(texts: list[str]) -> None:
    cleaned = plain(array(texts)).to_pylist()
    assert len(cleaned) == len(texts)
    assert all(one == " ".join(one.split()) for one in cleaned)
    assert not any(tag in one for one in cleaned for tag in ("<br>", "<p>", "</li>"))


@given(st.text())
def test_what_is_shown_hides_nothing(text: str) -> None:
    shown = visible(text)
    assert visible(shown) == shown
    assert {unicodedata.category(one) for one in shown if one not in "\t\n\r\u200c\u200d"}.isdisjoint(
        {"Cc", "Cf", "Cs"}
    )
    assert not set(without_markup(text)) & set("<>&")
