"""Parquet files as Arrow tables, whole or a batch at a time."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet

from itemvec.core.errors import DatasetError
from itemvec.datasets.column_names import find, missing
from itemvec.datasets.encoded_ids import gathered
from itemvec.datasets.raw_files import cannot, opened
from itemvec.datasets.reading import mark_cut, row_limit

ROWS = 1 << 15  # read at a time where a file is streamed


def read_parquet(path: Path, wanted: Iterable[str], encoded: Collection[str] = ()) -> tuple[Any, list[str]]:
    """The ``wanted`` columns that are there, and the names of the others; strings of ``encoded`` as dictionaries.

    Raises
    ------
    DatasetError
        The file is missing or torn, or a text in it is no UTF-8.
    """
    with _opened(path) as parquet:
        names = parquet.schema_arrow.names
        found = find(names, wanted, path)
        chosen = {names[place]: name for name, place in found.places.items()}
        limit = row_limit()
        if limit is not None and parquet.metadata.num_rows > limit:
            mark_cut()
        schema = pa.schema([parquet.schema_arrow.field(name) for name in chosen])
        batches = _batches(path, parquet, list(chosen), limit)
        dictionaries = [name for name, own in chosen.items() if own in encoded]
        table = gathered(batches, schema, dictionaries) if chosen else pa.table({})
    return table.rename_columns([chosen[name] for name in table.column_names]), found.others


def parquet_batches(path: Path, names: Iterable[str]) -> Iterator[Any]:
    """Tables of the columns ``names``, ``ROWS`` at a time: memory is bounded even by one row group.

    Raises
    ------
    DatasetError
        The file is missing, torn or lacks a column, or a text in it is no UTF-8.
    """
    names = list(names)
    with _opened(path) as parquet:
        known = parquet.schema_arrow.names
        for name in names:
            if name not in known:
                raise missing(path, name, known)
        limit = row_limit()
        if limit is not None and parquet.metadata.num_rows > limit:
            mark_cut()
        for batch in _batches(path, parquet, names, limit):
            yield pa.Table.from_batches([batch]).select(names)


def _opened(path: Path) -> Any:
    with opened(path):
        pass  # for its errors
    try:
        return pyarrow.parquet.ParquetFile(path, buffer_size=1 << 20, pre_buffer=False)
    except (pa.ArrowException, OSError) as error:
        raise cannot(path, error) from None


def _batches(path: Path, parquet: Any, names: list[str], limit: int | None) -> Iterator[Any]:
    rows = 0
    try:
        for batch in parquet.iter_batches(ROWS, columns=names):
            _check_texts(path, batch, rows)
            yield batch if limit is None else batch.slice(0, limit - rows)
            rows += len(batch)
            if limit is not None and rows >= limit:
                return
    except (pa.ArrowException, OSError) as error:
        raise cannot(path, error) from None


def _check_texts(path: Path, batch: Any, before: int) -> None:
    """Arrow takes texts of a Parquet file as they are, even those that are no UTF-8."""
    for name in batch.schema.names:
        texts = batch.column(name)
        if not (pa.types.is_string(texts.type) or pa.types.is_large_string(texts.type)):
            continue
        try:
            texts.validate(full=True)
        except pa.ArrowInvalid:
            binary = texts.cast(pa.binary() if pa.types.is_string(texts.type) else pa.large_binary())
            bad = next(place for place, one in enumerate(binary.to_pylist()) if one is not None and not _is_utf8(one))
            raise DatasetError(
                f"{path}: column {name!r} is no UTF-8 in row {before + bad + 1:,}; write the file anew"
            ) from None


def _is_utf8(value: bytes) -> bool:
    try:
        value.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
