"""A folded part of the page: a title, what it is about, and tables."""

from __future__ import annotations

from dataclasses import dataclass, field

from itemvec.report.tables import Table


@dataclass(frozen=True)
class Section:
    """``words`` say how to read the tables; a section without tables is left out.

    anchor
        Its place on the page, for links: a word of our own, never one of the data.
    sentences
        What the tables come to, a line each.
    """

    anchor: str
    title: str
    words: str
    tables: list[Table]
    sentences: list[str] = field(default_factory=list)
