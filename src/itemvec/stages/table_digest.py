"""A hash of what a stage reads of the tables: where it is equal, the stage need not run again."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from itemvec.core.columns import ITEM, TEXT
from itemvec.core.files import column_names

# Tables by reader: a baseline by its task, and the stage `capacity`.
READ = {
    "search": ("items", "queries", "qrels"),
    "recommend": ("items", "interactions"),
    "capacity": ("items", "queries", "qrels"),
}


def table_digest(tables: dict[str, Path], reader: str) -> dict[str, str]:
    """A sha256 of each table that ``reader`` reads, of the columns that it reads.

    Search reads everything but attributes, recommendation everything but texts of items, and ``capacity`` ids alone and
    what is said of queries beside their texts.
    """
    found = {}
    for name in READ[reader]:
        names = column_names(tables[name])
        columns = _read(name, reader, names)
        found[name] = _of_file(tables[name]) if columns == names else _of_columns(tables[name], columns)
    return found


def _read(name: str, reader: str, names: list[str]) -> list[str]:
    if name == "items" and reader != "recommend":
        return [ITEM, TEXT] if reader == "search" else [ITEM]
    if reader == "search" or name == "interactions":  # whose numbers may have any name
        return names
    return [one for one in names if one != TEXT]


def _of_file(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _of_columns(path: Path, columns: list[str]) -> str:
    found: Any = hashlib.sha256()
    file = pq.ParquetFile(path)
    schema = pa.schema([file.schema_arrow.field(name) for name in columns])
    with pa.ipc.new_stream(pa.PythonFile(_Hashed(found), "w"), schema) as stream:
        for batch in file.iter_batches(columns=columns):
            stream.write_batch(batch.select(columns))
    return str(found.hexdigest())


class _Hashed:
    """A file of which only the hash is kept."""

    closed = False

    def __init__(self, found: Any) -> None:
        self.write = found.update
