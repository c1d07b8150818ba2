"""A part of the page: a title, what it is about, and tables."""

from dataclasses import dataclass

from itemvec.report.tables import Table


@dataclass(frozen=True)
class Section:
    """``words`` say how to read the tables; a section without tables is left out."""

    title: str
    words: str
    tables: list[Table]
