import unicodedata
from itertools import pairwise
from typing import Any, get_args

import numpy as np
import pyarrow as pa
import pytest

from itemvec.core.languages import Language, Stemmed
from itemvec.core.words import find_words


def words(text: str, **options: Any) -> list[str]:
    found = find_words([text], **options)
    return [found.vocabulary[code].as_py() for code in found.codes]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Red desk-lamp, 40W!", ["red", "desk", "lamp", "40w"]),
        ("vitamin C", ["vitamin", "c"]),
        ("4 ft ladder", ["4", "ft", "ladder"]),
        ("3.5mm, 1,000 and 5.", ["3.5mm", "1,000", "and", "5"]),
        ("cotton.Soft colour:red AB_12", ["cotton", "soft", "colour", "red", "ab", "12"]),
        ("Levi's men\u2019s l'eau O'Neill can't I'm", ["levi", "men", "eau", "neill", "can", "i"]),
        ("Velcro\u2122 Dyson\u00ae 5\u00bd", ["velcro", "dyson", "5", "1", "2"]),
        ("Stra\u00dfe STRASSE", ["strasse", "strasse"]),
        ("\u0130stanbul", ["istanbul"]),
        ("soft\u00adhyphen zero\u200bwidth", ["softhyphen", "zero", "width"]),
        (
            "\u043f\u0440\u0438\u0432\u0435\u0442 \u041c\u0418\u0420",
            ["\u043f\u0440\u0438\u0432\u0435\u0442", "\u043c\u0438\u0440"],
        ),
        (
            "\u0939\u093f\u0928\u094d\u0926\u0940 \u092e\u0947\u0902",
            ["\u0939\u093f\u0928\u094d\u0926\u0940", "\u092e\u0947\u0902"],
        ),  # marks belong to words
        ("", []),
        (" ... \u2026 ", []),
    ],
)
def test_words_by_hand(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@pytest.mark.parametrize(
    "run",
    [
        "\u30ac\u30e9\u30b9\u30b3\u30c3\u30d7",
        "\uac00\ubc29\uc744",
        "\u0e01\u0e23\u0e30\u0e40\u0e1b\u0e32",
        "\u0e81\u0eb0\u0ec0\u0e9b\u0ebb\u0eb2",
        "\u1780\u17b6\u1794\u17bc\u1794",
        "\u1021\u102d\u1010\u103a",
    ],
    ids=["kana", "korean", "thai", "lao", "khmer", "burmese"],
)
def test_scripts_without_blanks_give_pairs_of_characters(run: str) -> None:
    import regex

    assert words(run) == [a + b for a, b in pairwise(regex.findall(r"\X", run))]


def test_a_chinese_character_may_be_a_word() -> None:
    assert words("\u65e5\u672c\u8a9e") == ["\u65e5\u672c", "\u672c\u8a9e", "\u65e5", "\u672c", "\u8a9e"]
    assert words("\u5098") == ["\u5098"]
    assert words("iPhone15\u7528") == ["iphone15", "\u7528"]


@pytest.mark.parametrize(
    "text",
    [
        "Caf\u00e9 cr\u00e8me",
        "\u30ac\u30e9\u30b9\u306e\u30d7\u30fc\u30eb",
        "\uac00\ubc29",
        "\u0915\u093c\u0932\u092e",
        "\u1ec7",
    ],
)
def test_forms_of_unicode_are_the_same(text: str) -> None:
    forms = {tuple(words(unicodedata.normalize(form, text))) for form in ("NFC", "NFD", "NFKC", "NFKD")}
    assert len(forms) == 1


@pytest.mark.parametrize(
    ("wide", "narrow"),
    [
        ("\uff21\uff22\uff23\uff11\uff12", "abc12"),
        ("\uff76\uff9e\uff97\uff7d", "\u30ac\u30e9\u30b9"),
        ("\u2460 \u339c \ufb01n", "1 mm fin"),
    ],
)
def test_widths_and_compatible_signs_are_the_same(wide: str, narrow: str) -> None:
    assert words(wide) == words(narrow)


def test_stems_and_stop_words_by_language() -> None:
    assert words("The running shoes", stemmer="english", stop_words="english") == ["run", "shoe"]
    assert words("Die H\u00e4user der Stadt", stemmer="german", stop_words="german") == ["haus", "stadt"]
    assert words("\u30ac\u30e9\u30b9 shoes", stemmer="english") == ["\u30ac\u30e9", "\u30e9\u30b9", "shoe"]


@pytest.mark.parametrize("language", [one for part in get_args(Stemmed) for one in get_args(part) or [part]])
def test_every_language_has_a_stemmer(language: Any) -> None:
    assert len(words("zebra", stemmer=language)) == 1


@pytest.mark.parametrize("language", get_args(Language))
def test_every_language_has_stop_words(language: Language) -> None:
    assert words("zebra", stop_words=language) == ["zebra"]


def test_texts_are_laid_end_to_end() -> None:
    found = find_words(["the red hat", "", "a hat, a hat"], stop_words="english")
    assert found.offsets.tolist() == [0, 2, 2, 4]
    assert found.lists() == [[0, 1], [], [1, 1]]
    assert found.vocabulary.to_pylist() == ["red", "hat"]
    assert found.joined().to_pylist() == ["red hat", "", "hat hat"]


def test_counts_of_known_words() -> None:
    counts = find_words(["hat hat lamp", "", "zebra hat"]).counts(pa.array(["lamp", "desk", "hat"]))
    assert counts.toarray().tolist() == [[1, 0, 2], [0, 0, 0], [0, 0, 1]]
    assert counts.dtype == np.float32


def test_no_texts() -> None:
    found = find_words([])
    assert found.lists() == []
    assert found.joined().to_pylist() == []
    assert found.counts(pa.array([], pa.string())).shape == (0, 0)


def test_one_text_gives_what_many_give() -> None:
    texts = ["Red LAMP", "red lamp.", "\u5098 lamp", "", "l'eau"]
    together = find_words(texts, stemmer="english").joined().to_pylist()
    assert together == [" ".join(words(text, stemmer="english")) for text in texts]


def test_a_null_text_has_no_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("itemvec.core.words.TEXTS", 2)
    assert find_words(pa.array(["red", None, None, "blue red"])).lists() == [[0], [], [], [1, 0]]


@pytest.mark.parametrize("texts", [[], [""], ["red desk", "", "Desk, lamps", "blue", "red lamp"]])
def test_words_of_texts_in_parts_are_those_of_all(texts: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    whole = find_words(texts, stemmer="english")
    monkeypatch.setattr("itemvec.core.words.TEXTS", 2)
    chunked = pa.chunked_array([texts[:1], texts[1:]], pa.string())
    sliced = pa.array(["green", *texts], pa.string()).slice(1)
    for given in (texts, iter(texts), chunked, sliced):
        found = find_words(given, stemmer="english")
        assert found.vocabulary.equals(whole.vocabulary)
        assert found.codes.dtype == np.int32
        assert found.codes.tolist() == whole.codes.tolist()
        assert found.offsets.tolist() == whole.offsets.tolist()
