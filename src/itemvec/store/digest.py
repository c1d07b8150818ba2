"""The digest of a vector table: a hash of its content that does not depend on how files store it."""

import hashlib
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow.compute as pc

from itemvec.core.arrays import Floats, Ids


@dataclass(frozen=True)
class Digest:
    """Number of rows, width of the vectors, and a sha256 of ids and vectors in order."""

    rows: int
    dim: int
    sha256: str


class Hasher:
    """Computes the digest of a table from blocks of any size; equal content gives an equal digest."""

    def __init__(self, key: str, dim: int) -> None:
        self.dim = dim
        self.rows = 0
        self._parts = [hashlib.sha256(f"{key}:string,vector:float32[{dim}]".encode())]
        self._parts += [hashlib.sha256() for _ in range(3)]  # lengths of ids, bytes of ids, vectors

    def update(self, ids: Ids, vectors: Floats) -> None:
        """Add rows: ids of shape (n,), vectors float32 of shape (n, dim)."""
        _, lengths, texts, values = self._parts
        lengths.update(np.asarray(pc.binary_length(ids), dtype="<i4").tobytes())
        texts.update(_joined(ids))
        values.update(np.ascontiguousarray(vectors, dtype="<f4").data)
        self.rows += len(ids)

    def digest(self) -> Digest:
        """Digest of all rows so far."""
        whole = hashlib.sha256(b"".join(part.digest() for part in self._parts))
        return Digest(self.rows, self.dim, whole.hexdigest())


def _joined(ids: Any) -> bytes:
    return "".join(ids.to_pylist()).encode()
