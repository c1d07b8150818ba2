"""A row of the row cache: its columns, and the checksum that finds bytes changed on disk."""

from __future__ import annotations

import zlib
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from itemvec.core.arrays import Floats
from itemvec.core.columns import VECTOR
from itemvec.store.row_index import halves

LAYOUT = 3  # version of the columns; part of the fingerprint, so releases never open a layout they cannot read
KEY = "key"  # hash of the text, 16 bytes
KEY_TYPE = pa.binary(16)
TOKENS, KEPT = "tokens", "kept"
CHECKSUM = "checksum"  # of the other columns; layout 2 had none


class CachedRows(NamedTuple):
    """Cached rows of n keys.

    found
        Whether the key is cached, bool of shape (n,); where it is not, the other fields are zero.
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
        """The cached rows at these positions."""
        return CachedRows(self.found[rows], self.vectors[rows], self.tokens[rows], self.kept[rows])


def schema(dim: int) -> pa.Schema:
    """Columns of a cache of vectors ``dim`` wide."""
    counts = [(TOKENS, pa.int32()), (KEPT, pa.int32())]
    return pa.schema([(KEY, KEY_TYPE), (VECTOR, pa.list_(pa.float32(), dim)), *counts, (CHECKSUM, pa.uint32())])


def table_of(keys: Any, vectors: Floats, tokens: NDArray[np.int32], kept: NDArray[np.int32]) -> Any:
    """Rows as an Arrow table, with their checksums.

    Parameters
    ----------
    keys
        Arrow array of 16-byte binaries of length n.
    vectors
        float32 of shape (n, dim).
    tokens, kept
        int32 of shape (n,).
    """
    vectors = np.ascontiguousarray(vectors, dtype=np.float32)
    rows = [keys, pa.FixedSizeListArray.from_arrays(pa.array(vectors.ravel()), vectors.shape[1])]
    sums = checksums(keys, vectors, tokens, kept)
    return pa.table([*rows, *map(pa.array, (tokens, kept, sums))], schema=schema(vectors.shape[1]))


def vectors_of(rows: Any) -> Floats:
    """Vectors of a record batch or a table of one chunk, float32 of shape (n, dim)."""
    column = rows[VECTOR]
    column = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    vectors: Floats = column.flatten().to_numpy().reshape(len(rows), column.type.list_size)
    return vectors


def broken(rows: Any) -> NDArray[np.bool_]:
    """Whether each row of a record batch or table has another checksum than was written; of shape (n,)."""
    keys = rows[KEY].combine_chunks() if isinstance(rows[KEY], pa.ChunkedArray) else rows[KEY]
    found = checksums(keys, vectors_of(rows), rows[TOKENS].to_numpy(), rows[KEPT].to_numpy())
    differs: NDArray[np.bool_] = found != rows[CHECKSUM].to_numpy()
    return differs


def checksums(keys: Any, vectors: Floats, tokens: NDArray[np.int32], kept: NDArray[np.int32]) -> NDArray[np.uint32]:
    """CRC-32 of key, vector and both counts of each row, uint32 of shape (n,): about a million rows a second."""
    ends = np.stack([tokens, kept], axis=1).astype(np.int32)  # (n, 2)
    starts = np.stack(halves(keys), axis=1)  # (n, 2), the 16 bytes of the key
    crc = zlib.crc32
    parts = zip(starts, np.ascontiguousarray(vectors), ends, strict=True)
    return np.fromiter((crc(end, crc(vector, crc(start))) for start, vector, end in parts), np.uint32, len(ends))
