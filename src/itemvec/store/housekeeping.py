"""Maintenance of the row cache: list its tables, remove old ones, find broken ones."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import numpy as np

from itemvec.core.columns import VECTOR
from itemvec.core.errors import ItemvecError, TableError
from itemvec.store import cache, lance
from itemvec.store.cache_entries import Entry, entries
from itemvec.store.cache_rows import CHECKSUM, KEY, broken, schema, vectors_of
from itemvec.store.locks import hold_alone
from itemvec.store.row_index import KeyIndex

__all__ = ["Check", "Entry", "Removal", "entries", "prune", "remove", "verify"]

ROWS = 8192  # checked at a time
FRESH = timedelta(hours=1)  # object storage has no locks: a table written less than this ago counts as in use


class Removal(NamedTuple):
    """A table to remove, the reason, and whether it was removed: not while another process uses it."""

    entry: Entry
    reason: str
    gone: bool


def prune(folder: str, older_than: timedelta | None, keep_under: int | None, dry_run: bool = False) -> list[Removal]:
    """Remove tables by age, then the least recently used ones until the rest is under ``keep_under`` bytes.

    A table that another process uses is left alone. In a folder, old versions of the remaining tables are removed
    first.
    """
    if keep_under is not None and not dry_run and not lance.is_remote(folder):
        for entry in entries(folder):
            _tidy(entry)
    found = entries(folder)
    now, kept, removals = datetime.now(UTC), sum(entry.bytes for entry in found), []
    for entry in reversed(found):  # least recently used first, so what is too old goes before sizes are compared
        too_old = older_than is not None and now - entry.used > older_than
        too_much = keep_under is not None and kept > keep_under
        if too_old or too_much:
            gone = remove(entry, dry_run)
            reason = "older than --older-than" if too_old else "above the size of --keep-under"
            removals.append(Removal(entry, reason, gone))
            kept -= entry.bytes if gone else 0
    return removals


def remove(entry: Entry, dry_run: bool = False) -> bool:
    """Remove a table unless it is in use; return whether it was removed or, in a dry run, would be."""
    if lance.is_remote(entry.folder):
        if entry.rows is None:  # its name alone does not show that it is ours
            return False
        gone = datetime.now(UTC) - entry.used > FRESH
        if gone and not dry_run:
            lance.remove(entry.folder, entry.fingerprint)
        return gone
    path = cache.use_file(entry.folder, entry.fingerprint)
    if dry_run and not path.exists():  # a dry run makes no lock file, and whoever uses a table has made one
        return True
    file = hold_alone(path, entry.used)
    if file is None:
        return False
    with file:
        if not dry_run:
            lance.remove(entry.folder, entry.fingerprint)
            path.unlink(missing_ok=True)
    return True


def _tidy(entry: Entry) -> None:
    """Remove old versions of a table, if no process uses the table."""
    file = hold_alone(cache.use_file(entry.folder, entry.fingerprint), entry.used)
    if file is not None and entry.rows is not None:
        with file:
            lance.compact(lance.find(entry.folder, entry.fingerprint), everything=True)


class Check(NamedTuple):
    """Result of a check: the fault of a table, empty if none, and the number of rows that repeat a key."""

    entry: Entry
    fault: str
    duplicates: int


def verify(folder: str) -> Iterator[Check]:
    """Read every table of the cache from end to end."""
    for entry in entries(folder):
        try:
            yield Check(entry, "", _read(entry))
        except ItemvecError as error:
            yield Check(entry, error.message, 0)
        except Exception as error:  # whatever Lance says of a file it cannot read
            yield Check(entry, f"cannot be read: {' '.join(str(error).split())[:160]}", 0)


def _read(entry: Entry) -> int:
    """Read a table to its end; return the number of rows that repeat a key."""
    table = lance.find(entry.folder, entry.fingerprint)
    if table is None:
        raise TableError("cannot be opened")
    dim = entry.about.get("dim", table.schema.field(VECTOR).type.list_size)
    if CHECKSUM not in table.schema.names:
        raise TableError("an earlier release wrote it, without checksums; no run reads it now")
    if table.schema.remove_metadata() != schema(dim):
        raise TableError(f"does not have the columns of a cache of dim {dim}")
    keys, n_changed, n_broken, n_rows, n_twice = KeyIndex(), 0, 0, 0, 0
    for batch in lance.scan(table, schema(dim).names, ROWS):
        n_changed += int(broken(batch).sum())
        n_broken += int((~np.isfinite(vectors_of(batch)).all(axis=1)).sum())
        rows = np.arange(n_rows, n_rows + len(batch))
        keys.add(batch[KEY], rows)
        n_twice += int((keys.find(batch[KEY]) != rows).sum())
        n_rows += len(batch)
    if n_changed:
        raise TableError(f"{n_changed:,} rows have other bytes than were written (their checksum differs)")
    if n_broken:
        raise TableError(f"{n_broken:,} vectors hold NaN or infinity")
    if n_rows < (entry.rows or 0):
        raise TableError(f"{n_rows:,} rows can be read, expected {entry.rows:,}")
    return n_twice
