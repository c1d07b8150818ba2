"""Reading and writing of LanceDB tables, in streams of batches. Of the store, it alone opens databases."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from filelock import FileLock

from itemvec.core.arrays import Ints
from itemvec.core.errors import TableError
from itemvec.store.namespace_client import defer_namespace_client

# A fixed file format without string compression, which draws a sample: so DVC's cache stores equal content once.
FORMAT = {"new_table_data_storage_version": "2.1"}
PLAIN = {b"lance-encoding:compression": b"none"}
# Tables that rows are added to have stable row ids. Compaction may change positions: if another process adds rows
# meanwhile, the rewritten rows come after the new ones.
GROWING = FORMAT | {"new_table_enable_stable_row_ids": "true"}
ROW = "_rowid"
GAP, LONG = 16, 256  # largest gap within a stretch of rows; length from which a stretch is scanned


class Facts(NamedTuple):
    """Size of the newest version of a table."""

    rows: int
    bytes: int
    small_fragments: int


def is_remote(database: Path | str) -> bool:
    """Whether ``database`` is a URI of object storage, whose credentials and endpoint LanceDB reads from variables."""
    return "://" in str(database)


def connect(database: Path | str) -> Any:
    """Open a database folder; it is created with its first table."""
    os.environ.setdefault("LANCE_DEFAULT_IO_BUFFER_SIZE", str(1 << 26))  # read ahead; Lance's 256 MiB are no faster
    os.environ.setdefault("LANCEDB_LOG", "error")  # else an index warns hundreds of times of clusters without a vector
    defer_namespace_client()
    import lancedb

    try:
        return lancedb.connect(database)
    except (ValueError, RuntimeError, OSError) as error:
        raise _unreachable(database, error) from None


def create(database: Path, name: str, schema: Any, batches: Iterable[Any]) -> None:
    """Stream ``batches`` into a new table, in one commit; errors of ``batches`` are raised unchanged."""
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
        if failures:  # Lance wraps them in a message of its own
            raise failures[0] from None
        raise


def scan(table: Any, columns: list[str], rows: int) -> Iterator[Any]:
    """Record batches of at most ``rows`` rows, in the order they were written."""
    for batch in table.search().select(columns).limit(max(table.count_rows(), 1)).to_batches(rows):  # 0 is refused
        for start in range(0, len(batch), rows):
            yield batch.slice(start, rows)


def scan_from(table: Any, row: int, columns: list[str], rows: int) -> Iterator[Any]:
    """Record batches of the rows whose id is at least ``row``, with their ids as the column ``ROW``."""
    query = table.search().select(columns).with_row_id(True).limit(max(table.count_rows(), 1))
    yield from (query.where(f"{ROW} >= {row}") if row else query).to_batches(rows)


def find(database: Path | str, name: str) -> Any:
    """Open a table; None where there is none."""
    try:
        return connect(database).open_table(name)
    except ValueError as error:
        if "was not found" in str(error):
            return None
        raise _unreachable(database, error) from None
    except (RuntimeError, OSError) as error:
        raise _unreachable(database, error) from None


def open_or_create(database: str, name: str, schema: Any) -> Any:
    """Open a table that rows are added to, or create an empty one.

    If two processes create the same table at once, LanceDB lets the second replace the first one's. In a folder a lock
    prevents this. Object storage has no lock, so a process that finds a table empty must wait before it adds.
    """
    if is_remote(database):
        return _open_or_create(database, name, schema)
    Path(database).mkdir(parents=True, exist_ok=True)
    with FileLock(Path(database) / "create.lock"):
        return _open_or_create(database, name, schema)


def _open_or_create(database: str, name: str, schema: Any) -> Any:
    table = find(database, name)
    if table is None:
        try:
            table = connect(database).create_table(name, schema=schema, storage_options=GROWING)
        except (ValueError, RuntimeError, OSError) as error:
            table = find(database, name)  # another process was quicker
            if table is None:
                raise _unreachable(database, error) from None
    return table


def take(table: Any, rows: Ints, columns: list[str]) -> Any:
    """Rows by their ids, which must ascend, in that order, as one Arrow table with the column ``ROW``.

    Long stretches are scanned, which is four times as fast as looking up each row.
    """
    parts, single = [], []
    for stretch in np.split(rows, np.flatnonzero(np.diff(rows) > GAP) + 1):
        if len(stretch) < LONG:
            single.append(stretch)
            continue
        within = f"{ROW} >= {stretch[0]} and {ROW} <= {stretch[-1]}"
        query = table.search().where(within).select(columns).with_row_id(True).limit(int(stretch[-1] - stretch[0]) + 1)
        found = query.to_arrow()
        parts.append(found.filter(np.isin(found[ROW].to_numpy(), stretch)).select([*columns, ROW]))
    if single:
        ids = np.concatenate(single).tolist()
        parts.append(table.take_row_ids(ids).select(columns).with_row_id().to_arrow().select([*columns, ROW]))
    return pa.concat_tables(parts).sort_by(ROW)


def delete(table: Any, rows: Ints) -> None:
    """Remove rows by their ids."""
    table.delete(f"{ROW} in ({', '.join(map(str, rows.tolist()))})")


def names(database: str) -> list[str]:
    """Names of all tables, sorted."""
    connection, token, found = connect(database), None, list[str]()
    while True:
        try:
            page = connection.list_tables(page_token=token, limit=1000)
        except (ValueError, RuntimeError, OSError) as error:
            raise _unreachable(database, error) from None
        found, token = found + page.tables, page.page_token
        if not (token and page.tables):
            return sorted(found)


def remove(database: str, name: str) -> None:
    """Remove a table and its files, even if it is broken."""
    connect(database).drop_table(name, ignore_missing=True)


def facts(table: Any) -> Facts:
    """Rows, bytes and small fragments of a table."""
    said = table.stats()
    return Facts(said["num_rows"], said["total_bytes"], said["fragment_stats"]["num_small_fragments"])


def last_written(table: Any) -> datetime:
    """Time of the newest version."""
    return max(version["timestamp"] for version in table.list_versions()).astimezone(UTC)  # type: ignore[no-any-return]


def compact(table: Any, everything: bool = False) -> None:
    """Join small fragments and remove versions older than a week; with ``everything``, all old versions.

    ``everything`` is safe only if no other process reads the table. Of two that compact at once, one gives way.
    """
    options: dict[str, Any] = {"cleanup_older_than": timedelta(seconds=1), "delete_unverified": True}
    try:
        table.optimize(**options if everything else {})
    except (RuntimeError, OSError) as error:
        if not re.search("conflict|concurrent", str(error), re.I):
            raise
        table.checkout_latest()


def _unreachable(database: Path | str, error: Exception) -> TableError:
    said = " ".join(str(error).split())
    code = re.search(r"<Code>(\w+)</Code>", said)
    remote = "check the bucket, the endpoint and the credentials in the environment"
    advice = remote if is_remote(database) else "check that the folder is a LanceDB database"
    return TableError(f"{database}: cannot be opened ({code[1] if code else said[:300]}); {advice}")
