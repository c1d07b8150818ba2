"""Maintenance of the row cache: list its tables, remove old ones, find broken ones."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from itemvec.core.columns import VECTOR
from itemvec.core.errors import ItemvecError, TableError
from itemvec.store import cache, lance
from itemvec.store.cache_rows import CHECKSUM, KEY, broken, schema, vectors_of
from itemvec.store.locks import hold_alone
from itemvec.store.row_index import KeyIndex

ROWS = 8192  # checked at a time
FRESH = timedelta(hours=1)  # object storage has no locks: a table written less than this ago counts as in use


@dataclass(frozen=True)
class Entry:
    """One table of the cache: the vectors of one encoder fingerprint.

    about
        Description of the encoder: ``kind``, ``role``, ``dim``, ``options``; empty if it is missing or broken.
    rows
        Number of rows; None if the table cannot be opened.
    bytes
        Bytes on disk, old versions included; on object storage, of the newest version only.
    used
        Time of the last write or, in a folder, of the last opening.
    """

    folder: str
    fingerprint: str
    about: dict[str, Any]
    rows: int | None
    bytes: int
    used: datetime

    @property
    def words(self) -> str:
        """The description of the encoder, as text."""
        if not self.about:
            return "cannot be read: see `itemvec cache verify`" if self.rows is None else "does not say what it is"
        options = self.about.get("options", {})
        name = options.get("checkpoint") or ", ".join(
            f"{key} {value}" for key, value in options.items() if key != "dim" and value not in (None, "", False)
        )
        return " ".join(f"{self.about.get('kind', '')} {name}, dim {self.about.get('dim')}".replace(" ,", ",").split())

    @property
    def role(self) -> str:
        """Role of the texts: item or query."""
        return str(self.about.get("role", "-"))


def entries(folder: str) -> list[Entry]:
    """Every table of the cache, the most recently used first."""
    if not lance.is_remote(folder) and not Path(folder).is_dir():
        return []
    return sorted((_entry(folder, name) for name in lance.names(folder)), key=lambda entry: entry.used, reverse=True)


def _entry(folder: str, name: str) -> Entry:
    size, used = (0, datetime.fromtimestamp(0, UTC)) if lance.is_remote(folder) else _on_disk(folder, name)
    try:
        table = lance.find(folder, name)
        facts, metadata = lance.facts(table), table.schema.metadata or {}
        about = json.loads(metadata.get(cache.ABOUT, b"{}"))
        if lance.is_remote(folder):
            size, used = facts.bytes, lance.last_written(table)
        return Entry(folder, name, about, facts.rows, size, used)
    except Exception:  # whatever Lance raises: the table is listed as broken
        return Entry(folder, name, {}, None, size, used)


def _on_disk(folder: str, name: str) -> tuple[int, datetime]:
    """Bytes of a table on disk, and the time of its last use."""
    size, newest = 0, 0.0
    for path in cache.table_folder(folder, name).rglob("*"):
        try:
            status = path.stat()
        except FileNotFoundError:  # another process is removing it
            continue
        size += status.st_size if path.is_file() else 0
        newest = max(newest, status.st_mtime)
    use = cache.use_file(folder, name)
    return size, datetime.fromtimestamp(use.stat().st_mtime if use.exists() else newest, UTC)


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
