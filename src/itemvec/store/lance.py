"""The only module that imports LanceDB: streamed tables in, streamed batches out."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
from filelock import FileLock

# One file format and no string compression (its dictionary is sampled at random): equal content gives equal data
# files, so DVC's cache keeps a rewritten table once.
FORMAT = {"new_table_data_storage_version": "2.1"}
PLAIN = {b"lance-encoding:compression": b"none"}


def connect(database: Path | str) -> Any:
    """Open a database folder; it is created with its first table."""
    import lancedb

    return lancedb.connect(database)


def create(database: Path, name: str, schema: Any, batches: Iterable[Any]) -> None:
    """Stream ``batches`` into a new table, in one commit; what ``batches`` raises is raised."""
    failures: list[BaseException] = []

    def watched() -> Iterator[Any]:
        try:
            yield from batches
        except BaseException as error:
            failures.append(error)
            raise

    reader = pa.RecordBatchReader.from_batches(schema, watched())
    try:
        connect(database).create_table(name, reader, schema=schema, storage_options=FORMAT)
    except Exception:
        if failures:  # which Lance has wrapped in words of its own
            raise failures[0] from None
        raise


def scan(table: Any, columns: list[str], rows: int) -> Iterator[Any]:
    """Record batches of at most ``rows`` rows, in the order they were written."""
    query = table.search().select(columns).limit(max(table.count_rows(), 1))  # LanceDB refuses a limit of 0
    for batch in query.to_batches(rows):
        for start in range(0, len(batch), rows):
            yield batch.slice(start, rows)


def find(database: Path | str, name: str) -> Any:
    """Open a table; None where there is none."""
    try:
        return connect(database).open_table(name)
    except ValueError:  # LanceDB's word for a table that does not exist
        return None


def open_or_create(database: str, name: str, schema: Any) -> Any:
    """Open a table, or make an empty one; safe when several processes do so at once."""
    Path(database).mkdir(parents=True, exist_ok=True)
    with FileLock(Path(database) / f"{name}.lock"):  # two that create at once would overwrite each other
        table = find(database, name)
        return connect(database).create_table(name, schema=schema, storage_options=FORMAT) if table is None else table


def take(table: Any, rows: list[int], columns: list[str]) -> Any:
    """The given rows, in ascending order of row, as one Arrow table."""
    return table.take_offsets(rows).select(columns).to_arrow()
