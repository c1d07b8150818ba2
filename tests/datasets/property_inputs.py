"""What the property-based tests draw from: texts of any script, values that are hard to quote, small tables."""

from __future__ import annotations

import csv
import io
from typing import Any

import pyarrow as pa
from hypothesis import strategies as st

NAMES = ("item_id", "text")
PIECES = ["<br>", "<p>", "</li>", "&amp;", "&lt;", "<3", "a < b", "R&D", "&#39;", "é", "e\u0301", "ﬁ", "Å", "5½"]
SIGNS = ['"', '""', "'", ",", ";", "\t", "|", "\\", "\n", "=1+1", "null", "NaN", "\u202e", "\u200b", "\ufeff", "ß", "İ"]
WORDS = ["shoe", "Levi's", "l'eau", "3.5", "1,000", "赤い靴", "한국어", "ไทย", "Красная", "שלום", "cotton.Soft"]

VALUES = st.lists(st.sampled_from([*PIECES, *WORDS, *SIGNS, " "]), max_size=6).map("".join)
LETTERS = st.characters(exclude_categories=["Cs", "Cc"])
TEXTS = st.text(LETTERS, max_size=20) | VALUES
# Lines within a value may look like rows, and are then refused; NUL and a lone CR are no text of a CSV file.
CELLS = (st.text(LETTERS, min_size=1, max_size=8) | VALUES).map(lambda text: text.replace("\n", " "))
TABLES = st.lists(st.tuples(st.uuids().map(str), CELLS), min_size=1, max_size=5)


def delimited(rows: list[tuple[str, ...]], separator: str, end: str) -> bytes:
    """Rows as a csv.writer writes them, every value in quotes, below a header."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=separator, lineterminator=end, quoting=csv.QUOTE_ALL)
    writer.writerow(NAMES)
    writer.writerows(rows)
    return text.getvalue().encode()


def array(texts: list[str]) -> Any:
    """Texts as an Arrow column."""
    return pa.chunked_array([pa.array(texts, pa.string())])
