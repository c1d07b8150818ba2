"""A background writer to the row cache: it stores finished vectors while the model encodes the next texts."""

from __future__ import annotations

import time
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Any

import numpy as np
import pyarrow as pa

from itemvec.core.arrays import Floats
from itemvec.encoders.base import Counts
from itemvec.store import RowCache

# When to write: rarely enough to avoid many small files, often enough that a kill loses little.
SECONDS = 5.0  # at the latest after this time,
ROWS, PAUSE = 1024, 1.0  # or after this many rows and this many seconds,
BYTES = 1 << 26  # or when this much is waiting in memory


class Keeper:
    """Writes to a row cache in a thread of its own. Leaving the context writes all rows taken, even after an error."""

    def __init__(self, cache: RowCache) -> None:
        self.cache = cache
        self._parts: list[tuple[list[bytes], Floats, Counts, Counts]] = []
        self._writer = ThreadPoolExecutor(1)
        self._writing: Future[None] | None = None
        self._written = time.monotonic()

    def __enter__(self) -> Keeper:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        with self._writer:
            self.flush()
        if kind is None:
            self.cache.compact()

    def take(self, keys: list[bytes], vectors: Floats, tokens: Counts, kept: Counts) -> None:
        """Queue rows for writing: vectors float32 of shape (n, dim). A vector with NaN or infinity is left out."""
        sound = np.isfinite(vectors).all(axis=1)  # a broken vector must not outlive its cause
        if not sound.all():
            keys = [keys[row] for row in np.flatnonzero(sound)]
        self._parts.append((keys, vectors[sound], tokens[sound], kept[sound]))
        rows = sum(len(part[0]) for part in self._parts)
        seconds = time.monotonic() - self._written
        if seconds > SECONDS or (rows >= ROWS and seconds > PAUSE) or rows * vectors.shape[1] * 4 >= BYTES:
            self._write()

    def flush(self) -> None:
        """Wait until all rows taken so far are in the cache."""
        self._write()
        self._wait()

    def _write(self) -> None:
        self._wait()
        parts, self._parts, self._written = self._parts, [], time.monotonic()
        if any(part[0] for part in parts):
            self._writing = self._writer.submit(self._add, parts)

    def _wait(self) -> None:
        if self._writing is not None:
            writing, self._writing = self._writing, None
            writing.result()

    def _add(self, parts: list[Any]) -> None:
        keys = pa.array([key for part in parts for key in part[0]], pa.binary(16))
        self.cache.add(keys, *(np.concatenate([part[column] for part in parts]) for column in (1, 2, 3)))
