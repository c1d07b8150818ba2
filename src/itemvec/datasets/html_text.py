"""Plain text from HTML: tags, style rules and entities are removed."""

import html
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

# Applied in this order. A "<" before a space or a digit is not a tag; in broken pages a style sheet has lost its tag.
REMOVED = (
    r"(?is)<!--.*?-->|<(?:style|script)\b.*?</(?:style|script)\s*>",
    r"</?[A-Za-z!][^<>]*>",
    r"[^\s{}]*\s*\{(?:[^{}]*:[^{}]*)?\}",
)


def plain(texts: Any) -> Any:
    """Replace markup by single spaces in Arrow strings; a text without markup keeps its words."""
    for pattern in REMOVED:
        texts = pc.replace_substring_regex(texts, pattern, " ")
    return pc.utf8_trim_whitespace(pc.replace_substring_regex(_unescaped(texts), r"[\s\pZ]+", " "))


def _unescaped(texts: Any) -> Any:
    """Replace entities such as ``&amp;`` by their characters."""
    if isinstance(texts, pa.ChunkedArray):
        return pa.chunked_array([_unescaped(chunk) for chunk in texts.chunks], texts.type)
    escaped = np.asarray(pc.match_substring_regex(texts, r"&#?\w+;").fill_null(False))
    new = [html.unescape(text) for text in texts.filter(pa.array(escaped)).to_pylist()]
    return pc.replace_with_mask(texts, pa.array(escaped), pa.array(new, texts.type))
