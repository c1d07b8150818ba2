"""The queries that the answer of a language model holds, one per line."""

from __future__ import annotations

import re


def queries_of(answer: str, n: int) -> list[str]:
    """The first ``n`` lines of an answer that hold a word, without numbers, bullets and quotes around them.

    A line that ends with a colon announces queries and is none.
    """
    lines = (_bare(line) for line in answer.splitlines())
    return [line for line in lines if re.search(r"\w", line) and not line.endswith(":")][:n]


def _bare(line: str) -> str:
    line = line.encode("utf-8", "ignore").decode("utf-8")  # half a character, which JSON allows, is none
    line = re.sub(r"^\s*(\(?\d{1,2}[.):]\s+|[-*\u2022]\s+)?(query\s*\d*\s*:\s*)?", "", line, flags=re.IGNORECASE)
    return " ".join(line.split()).strip("\"'`\u201c\u201d")
