"""The prompt that has a language model write queries for an item."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

SHOTS = 8  # examples of a prompt (Promptagator, arXiv 2209.11755)
CHARACTERS = 600  # of the text of an item
TOKENS = 32  # of an answer, for each query


@dataclass(frozen=True)
class Shot:
    """A query that somebody asked, and an item that people judged relevant to it."""

    query: str
    text: str


def prompt(text: str, shots: Sequence[Shot], n: int) -> str:
    """Ask for ``n`` queries that ``text`` answers, in the manner of the examples."""
    count = "one search query" if n == 1 else f"{n} different search queries"
    parts = [
        f"Write {count} that a user would type to find the last item. Answer with the queries alone, one per line."
    ]
    parts += [f"Item: {_line(shot.text)}\nQuery: {_line(shot.query)}" for shot in shots]
    return "\n\n".join([*parts, f"Item: {_line(text)}\nQuery:"])


def _line(text: str) -> str:
    return " ".join(text[: 2 * CHARACTERS].split())[:CHARACTERS]
