"""The row cache: encoded texts, kept between runs, so that no text is encoded twice."""

from __future__ import annotations

import json
import os
import time
import weakref
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from itemvec.core.arrays import Floats, Ints
from itemvec.core.columns import VECTOR
from itemvec.core.errors import TableError
from itemvec.store import lance
from itemvec.store.cache_rows import (
    CHECKSUM,
    KEPT,
    KEY,
    KEY_TYPE,
    TOKENS,
    CachedRows,
    broken,
    schema,
    table_of,
    vectors_of,
)
from itemvec.store.locks import hold
from itemvec.store.row_index import KeyIndex, halves

ABOUT = b"itemvec"  # metadata of a table's schema: a description of the encoder, as JSON
# Small fragments are joined when there are more than this: 64, and one per so many rows, since joining rewrites all.
FRAGMENTS, ROWS_EACH = 64, 16_384
WRITES = 1024  # writes after which a table being filled is compacted: each version lists all its fragments
SETTLE = 2.0  # seconds to wait for another process that is creating the same table
READ = 1 << 18  # keys at a time


class RowCache:
    """Vectors of one encoder fingerprint, in a LanceDB table of their own.

    Every ``add`` is one commit: a killed process loses nothing that was added, and several processes may add at once.
    If two of them added the same key, lookups return the vector added first. While this object lives, the table is in
    use, and `itemvec cache prune` leaves it alone (in a folder; object storage has no locks).

    Parameters
    ----------
    folder
        Folder of the cache, created if absent, or a URI of object storage such as ``s3://bucket/prefix``.
    fingerprint
        Name of the table: a hash of everything that decides the vectors besides the text.
    dim
        Width of the vectors.
    about
        A description of the encoder, for `itemvec cache list`; written with the table.

    Attributes
    ----------
    dropped
        Rows that were removed because their bytes had changed on disk.
    """

    def __init__(self, folder: str, fingerprint: str, dim: int, about: Mapping[str, Any] | None = None) -> None:
        self.folder, self.fingerprint, self.dim = folder, fingerprint, dim
        if not lance.is_remote(folder):
            held = hold(use_file(folder, fingerprint))
            weakref.finalize(self, held.close)  # type: ignore[union-attr]  # None is for those who want it alone
        described = schema(dim).with_metadata({ABOUT: json.dumps({"dim": dim, **(about or {})}, default=str)})
        self._table = lance.open_or_create(folder, fingerprint, described)
        self.dropped = 0
        self._opened, self._writes = time.monotonic(), 0
        self._index, self._next = KeyIndex(), 0  # ids of rows count up from 0 as they are added
        self._refresh()

    def __len__(self) -> int:
        return len(self._index)

    def contains(self, keys: Any) -> NDArray[np.bool_]:
        """Whether each of ``keys``, an Arrow array of 16-byte binaries of length n, is cached; of shape (n,)."""
        return self._index.find(keys) >= 0

    def lookup(self, keys: Any) -> CachedRows:
        """Look up ``keys``, an Arrow array of 16-byte binaries.

        A row whose checksum does not fit is removed and counted in ``dropped``; its key is not found.
        """
        rows = self._index.find(keys)
        found = rows >= 0
        vectors = np.zeros((len(keys), self.dim), dtype=np.float32)
        tokens, kept = np.zeros((2, len(keys)), dtype=np.int32)
        if found.any():
            wanted, inverse = np.unique(rows[found], return_inverse=True)
            with self._reading():
                columns = [KEY, VECTOR, TOKENS, KEPT, CHECKSUM]
                cached = lance.take(self._table, wanted, columns).combine_chunks()
            for held, asked in zip(halves(cached[KEY].combine_chunks()), halves(keys), strict=True):
                if len(held) != len(wanted) or (held[inverse] != asked[found]).any():  # never a wrong vector
                    raise TableError(f"{self._name}: holds other rows than it did; run `itemvec cache verify`")
            differs = broken(cached)
            if differs.any():
                self._drop(wanted[differs])
                return self.lookup(keys)
            vectors[found] = vectors_of(cached)[inverse]
            tokens[found] = cached[TOKENS].to_numpy()[inverse]
            kept[found] = cached[KEPT].to_numpy()[inverse]
        return CachedRows(found, vectors, tokens, kept)

    def add(self, keys: Any, vectors: Floats, tokens: NDArray[np.int32], kept: NDArray[np.int32]) -> None:
        """Store rows under ``keys``: vectors float32 of shape (n, dim), counts int32 of shape (n,)."""
        self._make_sure()
        before = self._table.version
        self._table.add(table_of(keys, vectors, tokens, kept))
        if self._table.version == before + 1:
            self._index.add(keys, np.arange(self._next, self._next + len(keys)))
            self._next += len(keys)
        else:  # another process has written before us
            self._refresh()
        self._writes += 1
        if self._writes % WRITES == 0:
            self.compact()

    def compact(self) -> None:
        """Join small fragments if there are many; other processes may go on reading and adding meanwhile."""
        rows, _, small = lance.facts(self._table)
        if small > FRAGMENTS + rows // ROWS_EACH:
            lance.compact(self._table)
            self._refresh()

    def _drop(self, rows: Ints) -> None:
        """Remove rows by their ids from table and index, so that their texts are encoded again."""
        lance.delete(self._table, rows)
        self._index.forget(rows)
        self.dropped += len(rows)

    @property
    def _name(self) -> str:
        return f"row cache {self.folder}, table {self.fingerprint}"

    def _make_sure(self) -> None:
        """Raise if the table is gone: LanceDB would go on writing into a table without its former rows."""
        if not lance.is_remote(self.folder):
            if not table_folder(self.folder, self.fingerprint).is_dir():
                raise TableError(f"{self._name}: was removed while this run was adding to it; run again")
            os.utime(use_file(self.folder, self.fingerprint))
        elif not self._writes and not len(self):
            time.sleep(max(0.0, self._opened + SETTLE - time.monotonic()))
            self._table.checkout_latest()
            self._refresh()

    def _refresh(self) -> None:
        """Read the keys of rows that other processes have added."""
        keys, rows = [np.empty((0, 2), np.uint64)], [np.empty(0, np.int64)]
        with self._reading():
            for batch in lance.scan_from(self._table, self._next, [KEY], READ):
                keys.append(np.stack(halves(batch[KEY]), axis=1))
                rows.append(batch[lance.ROW].to_numpy().astype(np.int64))
        ids = np.concatenate(rows)
        order = np.argsort(ids, kind="stable")  # compaction may have moved rows
        if len(ids):
            flat = np.concatenate(keys)[order]
            self._index.add(
                pa.FixedSizeBinaryArray.from_buffers(KEY_TYPE, len(ids), [None, pa.py_buffer(flat)]), ids[order]
            )
            self._next = int(ids[order[-1]]) + 1

    @contextmanager
    def _reading(self) -> Iterator[None]:
        try:
            yield
        except (RuntimeError, OSError, ValueError) as error:
            said = " ".join(str(error).split())[:200]
            raise TableError(f"{self._name}: cannot be read ({said}); run `itemvec cache verify`") from None


def table_folder(folder: str, fingerprint: str) -> Path:
    """Where LanceDB keeps a table of a cache that is a folder."""
    return Path(folder) / f"{fingerprint}.lance"


def use_file(folder: str, fingerprint: str) -> Path:
    """Lock file that is held while a table is in use."""
    return Path(folder) / f"{fingerprint}.use"
