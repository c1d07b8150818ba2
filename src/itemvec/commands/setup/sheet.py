"""One raw file: its columns, and its first rows as strings."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from itemvec.core.errors import DatasetError
from itemvec.core.time_units import LEAST
from itemvec.datasets.delimited import Form
from itemvec.datasets.raw_tables import read
from itemvec.datasets.reading import recorded

SAMPLE = 20_000  # rows that are looked at
DATE = r"^\s*\d{4}[-/.]\d{1,2}[-/.]\d{1,2}([T ].*)?\s*$|^\s*\d{1,2}[-/.]\d{1,2}[-/.]\d{4}.*$"
UNSPACED = r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]"  # no blanks between words
NUMBER = r"^\s*[+-]?\d+(\.\d+)?\s*$"


@dataclass(frozen=True)
class Column:
    """A column of a sample.

    values
        Arrow strings, without empty ones.
    exact
        Whether the file holds strings or whole numbers, which alone can be ids and texts.
    rows
        Rows of the sample, those with an empty value too.
    """

    name: str
    values: Any
    exact: bool
    rows: int

    @cached_property
    def distinct(self) -> Any:
        """Each value once."""
        return pc.unique(self.values)

    @cached_property
    def words(self) -> float:
        """Mean number of words of a value; of scripts without blanks, two letters are taken for one."""
        if not len(self.values):
            return 0.0
        blanks = pc.count_substring_regex(pc.utf8_trim_whitespace(self.values), r"\s+")
        pairs = pc.divide(pc.count_substring_regex(self.values, UNSPACED), 2)
        return float(pc.mean(pc.add(pc.add(blanks, 1), pairs)).as_py())

    def share(self, pattern: str) -> float:
        """Share of the values that match."""
        return self._mean(pc.match_substring_regex(self.values, pattern))

    def share_in(self, known: Any) -> float:
        """Share of the values that are among ``known``."""
        return self._mean(pc.is_in(self.values, value_set=known))

    def _mean(self, found: Any) -> float:
        return float(pc.mean(found.cast(pa.int8())).as_py() or 0.0) if len(found) else 0.0

    @property
    def is_time(self) -> bool:
        """Whether the values are dates, or numbers as large as times since 1970."""
        if self.share(NUMBER) > 0.99:
            least = pc.quantile(pc.cast(pc.utf8_trim_whitespace(self.values), pa.float64()), 0.1)[0].as_py()
            return bool(least >= LEAST)
        return self.share(DATE) > 0.99

    @property
    def is_number(self) -> bool:
        """Whether nearly all values are numbers."""
        return self.share(NUMBER) > 0.99

    @property
    def example(self) -> str:
        """Its first value, in one line."""
        return re.sub(r"\s+", " ", self.values[0].as_py()).strip() if len(self.values) else ""


@dataclass(frozen=True)
class Sheet:
    """A raw file as it stands.

    columns
        Those that can be used, in the order of the file.
    unusable
        Names of the others: lists, objects, or a name that stands twice.
    remarks
        What was guessed about its form: encoding, separator.
    """

    path: Path
    columns: dict[str, Column]
    unusable: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    @classmethod
    def open(cls, path: Path, form: Form) -> Sheet:
        """Read the names and the first rows.

        Raises
        ------
        DatasetError
            The file is missing, torn or of no known form.
        """
        with recorded(SAMPLE) as reading:
            table, names = read(path, [], form)
            names = [*table.column_names, *names]
            once = [name for name in dict.fromkeys(names) if names.count(name) == 1 and name.strip()]
            tables = _tables(path, once, form)
        columns = {name: _column(name, one) for name, one in tables.items()}
        usable = {name: column for name, column in columns.items() if column is not None}
        remarks = [line for line in reading.lines if " guessed: " in line and "is read as '" not in line]
        return cls(path, usable, [name for name in dict.fromkeys(names) if name not in usable], remarks)

    @property
    def names(self) -> list[str]:
        """Names of the columns that can be used."""
        return list(self.columns)


def _tables(path: Path, names: list[str], form: Form) -> dict[str, Any]:
    """Each column as Arrow values; one whose types are mixed is left out."""
    try:
        table, _ = read(path, names, form)
        return {name: table[name] for name in names}
    except DatasetError as error:
        if "type" not in error.message:
            raise
    found = {}
    for name in names:
        try:
            found[name] = read(path, [name], form)[0][name]
        except DatasetError:
            continue
    return found


def _column(name: str, values: Any) -> Column | None:
    values = values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
    if pa.types.is_dictionary(values.type):
        values = values.dictionary_decode()
    kind = values.type
    if pa.types.is_nested(kind) or pa.types.is_binary(kind):
        return None
    exact = any(fits(kind) for fits in (pa.types.is_string, pa.types.is_large_string, pa.types.is_integer))
    texts = values.cast(pa.string())
    filled = texts.filter(pc.match_substring_regex(texts, r"\S").fill_null(False))
    return Column(name, filled, exact or pa.types.is_null(kind), len(texts))
