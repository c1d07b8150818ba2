"""The tables that lie in a row cache: what each holds, its size, and when it was used."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from itemvec.store import cache, lance

FINGERPRINT = re.compile("[0-9a-f]{40}")


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
    """Every table of the cache, the most recently used first.

    A table is the cache's if its schema says so. One that cannot be opened is the cache's if its name is a fingerprint
    and, in a folder, its lock file lies beside it. Other tables in the same place are neither listed nor touched.
    """
    if not lance.is_remote(folder) and not Path(folder).is_dir():
        return []
    ours = [entry for name in lance.names(folder) if (entry := _entry(folder, name))]
    return sorted(ours, key=lambda entry: entry.used, reverse=True)


def _entry(folder: str, name: str) -> Entry | None:
    """A table of the cache, broken or not; None if the table is another's."""
    size, used = (0, datetime.fromtimestamp(0, UTC)) if lance.is_remote(folder) else _on_disk(folder, name)
    is_ours = bool(FINGERPRINT.fullmatch(name)) and (lance.is_remote(folder) or cache.use_file(folder, name).exists())
    try:
        table = lance.find(folder, name)
        metadata = table.schema.metadata or {}
        is_ours = cache.ABOUT in metadata
        facts, about = lance.facts(table), json.loads(metadata[cache.ABOUT]) if is_ours else {}
        if lance.is_remote(folder):
            size, used = facts.bytes, lance.last_written(table)
        return Entry(folder, name, about, facts.rows, size, used) if is_ours else None
    except Exception:  # whatever Lance raises: the table is listed as broken
        return Entry(folder, name, {}, None, size, used) if is_ours else None


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
