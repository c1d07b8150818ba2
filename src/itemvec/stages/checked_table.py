"""A table to be checked: its rows some at a time, with columns that other tables say, for frames of pandas."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from itemvec.core.errors import TableError

ROWS = 1 << 20  # of a frame


@dataclass(frozen=True)
class CheckedTable:
    """A Parquet file, and what other tables say of its rows.

    encoded
        Columns of strings that become categories.
    added
        Name -> a column of as many rows as the file has, from other tables: an Arrow array without missing values.
    """

    path: Path
    encoded: list[str] = field(default_factory=list)
    added: dict[str, Any] = field(default_factory=dict)

    def __len__(self) -> int:
        return int(self._file().metadata.num_rows)

    @property
    def names(self) -> list[str]:
        """All columns."""
        return [*self._file().schema_arrow.names, *self.added]

    def are_stored_exactly(self, names: list[str]) -> bool:
        """Whether columns are of the file, and of types whose equal values are the same bytes."""
        stored = {one.name: one.type for one in self._file(plain=True).schema_arrow}
        fits = (pa.types.is_string, pa.types.is_integer)
        return bool(names) and all(name in stored and any(fit(stored[name]) for fit in fits) for name in names)

    def blocks(self) -> Iterator[Any]:
        """All rows in order, ``ROWS`` at a time, as Arrow tables whose ``to_pandas`` is a frame.

        Types are those of a frame of the whole table: whole numbers of which one is missing are floats in each block.
        """
        start = 0
        for table in self.tables(ROWS):
            yield self._completed(table, start)
            start += len(table)

    def whole(self, names: list[str] | None = None) -> Any:
        """All rows of some columns as one frame, or of all columns."""
        stored = self._file().schema_arrow.names
        read = [name for name in stored if names is None or name in names]
        found = list(self.tables(ROWS, read))
        table = pa.concat_tables(found) if found else self._file().schema_arrow.empty_table().select(read)
        return self._pandas(table, 0)[[name for name in self.names if names is None or name in names]]

    def rows(self, places: Any) -> Any:
        """The rows at ``places``, int64 and ascending, as one frame."""
        parts, start = [], 0
        for table in self.tables(ROWS):
            inside = places[(places >= start) & (places < start + len(table))]
            parts.append(self._pandas(table, start).iloc[inside - start])
            start += len(table)
        import pandas as pd

        return pd.concat(parts, ignore_index=True) if parts else self.whole()

    def tables(self, rows: int, names: list[str] | None = None, plain: bool = False) -> Iterator[Any]:
        """The columns of the file as Arrow tables of at most ``rows`` rows.

        Parameters
        ----------
        plain
            Whether strings stay strings, instead of dictionaries of which each table has its own.

        Raises
        ------
        TableError
            The file is damaged or missing.
        """
        file = self._file(plain)
        try:
            for batch in file.iter_batches(rows, columns=names):
                yield pa.Table.from_batches([batch])
        except (OSError, pa.ArrowException) as error:
            raise self._unreadable(error) from None

    def _file(self, plain: bool = False) -> Any:
        try:
            file = pq.ParquetFile(self.path, pre_buffer=False)
            encoded = [name for name in self.encoded if name in file.schema_arrow.names]
            if plain or not encoded:
                return file
            return pq.ParquetFile(self.path, read_dictionary=encoded, pre_buffer=False)
        except (OSError, pa.ArrowException) as error:
            raise self._unreadable(error) from None

    def _unreadable(self, error: Exception) -> TableError:
        return TableError(f"{self.path}: cannot be read ({error}); run `dvc repro`")

    @cached_property
    def _with_gaps(self) -> dict[str, Any]:
        """Columns of whole numbers of which one is missing, and the type that pandas gives them."""
        numbers = [one.name for one in self._file().schema_arrow if pa.types.is_integer(one.type)]
        tables = self.tables(ROWS, numbers) if numbers else ()
        gaps = {name for table in tables for name in numbers if table[name].null_count}
        return dict.fromkeys(gaps, pa.float64())

    def _pandas(self, table: Any, start: int) -> Any:
        return self._completed(table, start).to_pandas()

    def _completed(self, table: Any, start: int) -> Any:
        """Rows of the file from ``start`` on, with the added columns."""
        for name, kind in self._with_gaps.items():
            if name in table.column_names:
                table = table.set_column(table.column_names.index(name), name, table[name].cast(kind, safe=False))
        for name, column in self.added.items():
            table = table.append_column(name, column.slice(start, len(table)))
        return table
