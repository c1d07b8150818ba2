"""The script of a text, and its language by stop words: a rough sort that needs no model."""

from __future__ import annotations

import unicodedata
from collections import Counter
from functools import cache
from typing import get_args

import regex

from itemvec.core.languages import Language

LEAST = 2  # stop words of a language that a text must have
NONE = "no letters"


def language(text: str) -> str:
    """``Latin, english``, ``Cyrillic``, or ``no letters``.

    The language stands behind the script where at least two words are stop words of one language, and more than of any
    other; words that several languages share count for each.
    """
    scripts = Counter(_script(one) for one in text if one.isalpha())
    if not scripts:
        return NONE
    script = scripts.most_common(1)[0][0]
    words = set(regex.findall(r"\p{L}+", text.lower()))
    found = Counter({name: len(words & known) for name, known in _stop_words().items()})
    (first, most), (_, second) = found.most_common(2)
    return f"{script}, {first}" if most >= LEAST and most > second else script


@cache
def _script(letter: str) -> str:
    """The first word of a letter's name in Unicode: its script."""
    return unicodedata.name(letter, "other").split()[0].capitalize()


@cache
def _stop_words() -> dict[str, frozenset[str]]:
    from bm25s import stopwords

    words = {
        name: getattr(stopwords, f"STOPWORDS_{name.upper()}", stopwords.STOPWORDS_EN_PLUS)
        for name in get_args(Language)
    }
    return {name: frozenset(some) for name, some in words.items()}
