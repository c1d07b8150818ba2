"""Encoded rows, kept between runs: a text that was encoded once is not encoded again."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from itemvec.arrays import Floats
from itemvec.columns import VECTOR
from itemvec.store import lance

KEY = "key"  # hash of the text, 16 bytes
KEY_TYPE = pa.binary(16)
TOKENS, KEPT = "tokens", "kept"


class CachedRows(NamedTuple):
    """What a cache holds of n keys.

    found
        Whether the key is cached, of shape (n,); where it is not, the rest is zero.
    vectors
        float32 of shape (n, dim).
    tokens, kept
        Tokens of the text, and how many of them the encoder saw, int32 of shape (n,).
    """

    found: NDArray[np.bool_]
    vectors: Floats
    tokens: NDArray[np.int32]
    kept: NDArray[np.int32]

    def take(self, rows: NDArray[np.int64]) -> CachedRows:
        """The same of some rows."""
        return CachedRows(self.found[rows], self.vectors[rows], self.tokens[rows], self.kept[rows])


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

    def __init__(self, folder: str, fingerprint: str, dim: int) -> None:
        self.dim = dim
        self.schema = pa.schema(
            [(KEY, KEY_TYPE), (VECTOR, pa.list_(pa.float32(), dim)), (TOKENS, pa.int32()), (KEPT, pa.int32())]
        )
        self._table = lance.open_or_create(folder, fingerprint, self.schema)
        self._keys = self._read_keys()

    def __len__(self) -> int:
        return len(self._keys)

    def contains(self, keys: Any) -> NDArray[np.bool_]:
        """Whether each of ``keys``, an Arrow array of 16-byte binaries of length n, is cached; of shape (n,)."""
        return np.asarray(pc.is_in(keys, value_set=self._keys), dtype=np.bool_)

    def lookup(self, keys: Any) -> CachedRows:
        """Find what is cached of ``keys``, an Arrow array of 16-byte binaries."""
        n = len(keys)
        rows = pc.index_in(keys, value_set=self._keys)
        found = np.asarray(rows.is_valid())
        vectors = np.zeros((n, self.dim), dtype=np.float32)
        tokens, kept = np.zeros((2, n), dtype=np.int32)
        if found.any():
            wanted, inverse = np.unique(np.asarray(rows.drop_null()), return_inverse=True)
            cached = lance.take(self._table, wanted.tolist(), [VECTOR, TOKENS, KEPT])  # in order of row
            vectors[found] = cached[VECTOR].combine_chunks().flatten().to_numpy().reshape(-1, self.dim)[inverse]
            tokens[found] = cached[TOKENS].to_numpy()[inverse]
            kept[found] = cached[KEPT].to_numpy()[inverse]
        return CachedRows(found, vectors, tokens, kept)

    def add(self, keys: Any, vectors: Floats, tokens: NDArray[np.int32], kept: NDArray[np.int32]) -> None:
        """Keep rows under ``keys``: vectors float32 of shape (n, dim), counts int32 of shape (n,)."""
        flat = pa.array(np.ascontiguousarray(vectors, dtype=np.float32).ravel())
        rows = [keys, pa.FixedSizeListArray.from_arrays(flat, self.dim), pa.array(tokens), pa.array(kept)]
        before = self._table.version
        self._table.add(pa.table(rows, schema=self.schema))
        if self._table.version == before + 1:
            self._keys = pa.concat_arrays([self._keys, keys])
        else:  # another process has added rows before ours
            self._keys = self._read_keys()

    def _read_keys(self) -> Any:
        batches = [batch[KEY] for batch in lance.scan(self._table, [KEY], 1 << 20)]
        return pa.chunked_array(batches, KEY_TYPE).combine_chunks()
