"""Looking after the row cache: what it holds, what may go, what is broken."""

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
from itemvec.store.locks import hold_alone
from itemvec.store.row_index import KeyIndex

ROWS = 8192  # that are checked at a time
FRESH = timedelta(hours=1)  # on object storage, which has no locks, what was written so lately counts as in use


@dataclass(frozen=True)
class Entry:
    """One table of the cache: the vectors of one encoder fingerprint.

    about
        What the encoder is: ``kind``, ``role``, ``dim``, ``options``; empty if the table does not say or is broken.
    rows
        Rows; None where the table cannot be opened.
    bytes
        On disk, former versions included; on object storage, of the newest version alone.
    used
        When it was last written or, in a folder, opened.
    """

    folder: str
    fingerprint: str
    about: dict[str, Any]
    rows: int | None
    bytes: int
    used: datetime

    @property
    def words(self) -> str:
        """What the encoder is, in words."""
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
    """Every table of the cache, the one that was used last first."""
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
    except Exception:  # a broken table is an answer here, whatever Lance says of it
        return Entry(folder, name, {}, None, size, used)


def _on_disk(folder: str, name: str) -> tuple[int, datetime]:
    """Bytes of a table, and when it was used."""
    size, newest = 0, 0.0
    for path in cache.table_folder(folder, name).rglob("*"):
        try:
            status = path.stat()
        except FileNotFoundError:  # another process tidies up
            continue
        size += status.st_size if path.is_file() else 0
        newest = max(newest, status.st_mtime)
    use = cache.use_file(folder, name)
    return size, datetime.fromtimestamp(use.stat().st_mtime if use.exists() else newest, UTC)


class Removal(NamedTuple):
    """A table that is to go, why, and whether it went: it does not while another process uses it."""

    entry: Entry
    reason: str
    gone: bool


def prune(folder: str, older_than: timedelta | None, keep_under: int | None, dry_run: bool = False) -> list[Removal]:
    """Remove tables that were not used for a time, then the least lately used until the rest has few enough bytes.

    A table that another process uses is left alone. In a folder, former versions of the tables that stay go first.
    """
    if keep_under is not None and not dry_run and not lance.is_remote(folder):
        for entry in entries(folder):
            _tidy(entry)
    found = entries(folder)
    now, kept, removals = datetime.now(UTC), sum(entry.bytes for entry in found), []
    for entry in reversed(found):  # the least lately used first, so all that is too old goes before the rest is weighed
        too_old = older_than is not None and now - entry.used > older_than
        too_much = keep_under is not None and kept > keep_under
        if too_old or too_much:
            gone = remove(entry, dry_run)
            reason = "not used for so long" if too_old else "beyond the size to keep"
            removals.append(Removal(entry, reason, gone))
            kept -= entry.bytes if gone else 0
    return removals


def remove(entry: Entry, dry_run: bool = False) -> bool:
    """Remove a table unless it is in use; whether it went, or in a dry run would."""
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
    """Remove the former versions of a table that nobody uses."""
    file = hold_alone(cache.use_file(entry.folder, entry.fingerprint), entry.used)
    if file is not None and entry.rows is not None:
        with file:
            lance.compact(lance.find(entry.folder, entry.fingerprint), everything=True)


class Check(NamedTuple):
    """What was found in a table: what is broken about it, or nothing, and how many rows repeat a key."""

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
    """Number of rows that repeat a key."""
    table = lance.find(entry.folder, entry.fingerprint)
    if table is None:
        raise TableError("cannot be opened")
    dim = entry.about.get("dim", table.schema.field(VECTOR).type.list_size)
    if table.schema.remove_metadata() != cache.schema(dim):
        raise TableError(f"has other columns than a cache of dim {dim}")
    keys, n_broken, n_rows, n_twice = KeyIndex(), 0, 0, 0
    for batch in lance.scan(table, [cache.KEY, VECTOR], ROWS):
        n_broken += int((~np.isfinite(batch[VECTOR].flatten().to_numpy().reshape(-1, dim)).all(axis=1)).sum())
        rows = np.arange(n_rows, n_rows + len(batch))
        keys.add(batch[cache.KEY], rows)
        n_twice += int((keys.find(batch[cache.KEY]) != rows).sum())
        n_rows += len(batch)
    if n_broken:
        raise TableError(f"{n_broken:,} vectors hold NaN or infinity")
    if n_rows < (entry.rows or 0):
        raise TableError(f"gave {n_rows:,} rows where it says {entry.rows:,}")
    return n_twice
