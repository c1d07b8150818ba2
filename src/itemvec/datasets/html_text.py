"""Texts as a reader sees them: without the tags, style rules and entities of HTML."""

import html
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

# In this order. A "<" before a space or a figure is no tag; in broken pages a style sheet has lost its tag.
REMOVED = (
    r"(?is)<!--.*?-->|<(?:style|script)\b.*?</(?:style|script)\s*>",
    r"</?[A-Za-z!][^<>]*>",
    r"[^\s{}]*\s*\{(?:[^{}]*:[^{}]*)?\}",
)


def plain(texts: Any) -> Any:
    """Arrow strings in which markup has given way to single spaces; a text without any keeps its words."""
    for pattern in REMOVED:
        texts = pc.replace_substring_regex(texts, pattern, " ")
    return pc.utf8_trim_whitespace(pc.replace_substring_regex(_unescaped(texts), r"[\s\pZ]+", " "))


def _unescaped(texts: Any) -> Any:
    """``&amp;`` and its like as the characters they stand for, looked for where there is one."""
    if isinstance(texts, pa.ChunkedArray):
        return pa.chunked_array([_unescaped(chunk) for chunk in texts.chunks], texts.type)
    escaped = np.asarray(pc.match_substring_regex(texts, r"&#?\w+;").fill_null(False))
    new = [html.unescape(text) for text in texts.filter(pa.array(escaped)).to_pylist()]
    return pc.replace_with_mask(texts, pa.array(escaped), pa.array(new, texts.type))
