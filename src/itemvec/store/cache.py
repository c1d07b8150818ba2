"""Encoded rows, kept between runs: a text that was encoded once is not encoded again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from itemvec.arrays import Floats
from itemvec.columns import VECTOR
from itemvec.store import lance

KEY = "key"  # hash of the text, 16 bytes
KEY_TYPE = pa.binary(16)


class RowCache:
    """Vectors of one encoder fingerprint, in a LanceDB table of their own.

    Every ``add`` is one commit: a killed process loses nothing that was added, and several processes may add at once.
    A key that two of them added is found with the vector that came first.

    Parameters
    ----------
    folder
        Folder of the cache; created if absent.
    fingerprint
        Name of the table: a hash of everything that decides the vectors besides the text.
    dim
        Width of the vectors.
    """

    def __init__(self, folder: Path, fingerprint: str, dim: int) -> None:
        self.dim = dim
        self.schema = pa.schema([(KEY, KEY_TYPE), (VECTOR, pa.list_(pa.float32(), dim))])
        self._table = lance.open_or_create(folder, fingerprint, self.schema)
        self._keys = self._read_keys()

    def __len__(self) -> int:
        return len(self._keys)

    def lookup(self, keys: Any) -> tuple[Any, Floats]:
        """Find what is cached of ``keys``.

        Parameters
        ----------
        keys
            Arrow array of 16-byte binaries, length n.

        Returns
        -------
        Boolean array of shape (n,), true where the key is cached, and float32 of shape (n, dim), zero where it is not.
        """
        rows = pc.index_in(keys, value_set=self._keys)
        found = np.asarray(rows.is_valid())
        vectors = np.zeros((len(keys), self.dim), dtype=np.float32)
        if found.any():
            wanted, inverse = np.unique(np.asarray(rows.drop_null()), return_inverse=True)
            cached = lance.take(self._table, wanted.tolist(), VECTOR)  # in order of row
            vectors[found] = cached.flatten().to_numpy().reshape(-1, self.dim)[inverse]
        return found, vectors

    def add(self, keys: Any, vectors: Floats) -> None:
        """Keep ``vectors``, float32 of shape (n, dim), under ``keys``."""
        flat = pa.array(np.ascontiguousarray(vectors, dtype=np.float32).ravel())
        before = self._table.version
        self._table.add(pa.table([keys, pa.FixedSizeListArray.from_arrays(flat, self.dim)], schema=self.schema))
        if self._table.version == before + 1:
            self._keys = pa.concat_arrays([self._keys, keys])
        else:  # another process has added rows before ours
            self._keys = self._read_keys()

    def _read_keys(self) -> Any:
        batches = [batch[KEY] for batch in lance.scan(self._table, [KEY], 1 << 20)]
        return pa.chunked_array(batches, KEY_TYPE).combine_chunks()
