"""Texts as a reader sees them: without the tags, style rules and entities of HTML.

Tags that break lines become a space, tags within a line nothing, and what only looks like a tag ("< 3 years; adults >
12", "<size>") stays. Entities are decoded once, after the tags are gone: "&lt;b&gt;" is the text "<b>".
"""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

# Elements of HTML (html.spec.whatwg.org, section 15 with its obsolete ones): those within a line, and all others.
_INLINE = """
a abbr acronym b bdi bdo big blink cite code data del dfn em font i ins kbd mark nobr q rp rt ruby s samp small span
strike strong sub sup time tt u var wbr
"""
_BREAKING = """
address applet area article aside audio base basefont blockquote body br button canvas caption center col colgroup
datalist dd details dialog dir div dl dt embed fieldset figcaption figure footer form frame frameset h1 h2 h3 h4 h5 h6
head header hgroup hr html iframe img input label legend li link main map marquee menu meta meter nav noframes noscript
object ol optgroup option output p param picture pre progress script search section select slot source style summary svg
table tbody td template textarea tfoot th thead title tr track ul video
"""
INLINE, BREAKING = frozenset(_INLINE.split()), frozenset(_BREAKING.split())
NAMES = "|".join(sorted(INLINE | BREAKING, key=len, reverse=True))
TAG = rf"(?i)</?(?:{NAMES})(?:\s[^<>]*|/)?>|<!--|<!doctype|<!\[CDATA\["
NO_TAG = re.compile(rf"<(?!/?(?:{NAMES})(?:\s[^<>]*|/)?>)", re.IGNORECASE)
# Taken out whole, in this order. In broken pages a style sheet has lost its tag.
REMOVED = (
    r"(?is)<!--.*?-->|<!doctype[^<>]*>|<(?:style|script)\b.*?</(?:style|script)\s*>|<!\[CDATA\[|\]\]>",
    r"[^\s{}]*\s*\{(?:[^{}]*:[^{}]*)?\}",
)
ENTITY = r"&#?\w+;"


class _Text(HTMLParser):
    """Text of a page whose every "<" begins a known tag."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.parts: list[str] = []

    def set_cdata_mode(self, elem: str, **_: Any) -> None:
        """Whole scripts are gone already; one without an end must not take the rest of the text."""

    def handle_starttag(self, tag: str, attrs: Any) -> None:  # noqa: ARG002
        if tag not in INLINE:
            self.parts.append(" ")

    def handle_endtag(self, tag: str) -> None:
        self.handle_starttag(tag, None)

    def handle_data(self, data: str) -> None:
        self.parts.append(data)


def plain(texts: Any) -> Any:
    """Arrow strings in which markup has given way to single spaces; a text without any keeps its words."""
    for pattern in REMOVED:
        texts = pc.replace_substring_regex(texts, pattern, " ")
    texts = _changed(texts, TAG, _without_tags)
    texts = _changed(texts, ENTITY, _decoded)
    return pc.utf8_trim_whitespace(pc.replace_substring_regex(texts, r"[\s\pZ]+", " "))


def has_tags(texts: Any) -> Any:
    """Whether a known tag is in each text."""
    return pc.match_substring_regex(texts, TAG)


def _without_tags(text: str) -> str:
    parser = _Text()
    # What is no tag, and what the parser could wait for the end of, are kept from it behind letters of no text.
    parser.feed(NO_TAG.sub("\ue000", text).replace("&", "\ue001"))
    parser.close()
    return "".join(parser.parts).replace("\ue000", "<").replace("\ue001", "&")


def _decoded(text: str) -> str:
    """Entities that end with a semicolon: "&copy 2024" may be a query in an address."""
    return re.sub(ENTITY, lambda found: html.unescape(found[0]), text)


def _changed(texts: Any, pattern: str, change: Any) -> Any:
    """Strings changed by a Python function, where ``pattern`` is in them."""
    if isinstance(texts, pa.ChunkedArray):
        return pa.chunked_array([_changed(chunk, pattern, change) for chunk in texts.chunks], texts.type)
    found = np.asarray(pc.match_substring_regex(texts, pattern).fill_null(False))
    new = [change(text) for text in texts.filter(pa.array(found)).to_pylist()]
    return pc.replace_with_mask(texts, pa.array(found), pa.array(new, texts.type))
