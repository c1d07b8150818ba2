"""The worker of encoding on a Ray cluster: it turns a batch of texts into rows for the cache."""

from __future__ import annotations

import socket
import threading
from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa

from itemvec.core.columns import TEXT, VECTOR
from itemvec.core.errors import ParamsError
from itemvec.encoders import Corpus, Encoder, LoadedEncoder, Role, encode, keys_of

COLUMNS = ("key", VECTOR, "tokens", "kept")


class Worker:
    """Encodes batches. While the model runs on one, another thread prepares the next.

    It uses as many threads as Ray has given it CPUs; Ray sets OMP_NUM_THREADS.

    Parameters
    ----------
    identity
        Identity of the encoder on the machine of the stage; it must be the same here.
    """

    def __init__(self, encoder: Encoder, corpus: Corpus, identity: Mapping[str, Any], role: Role) -> None:
        self.encoder, self.corpus, self.identity, self.role = encoder, corpus, identity, role
        self._lock = threading.Lock()
        self._loaded: LoadedEncoder | None = None

    def __call__(self, batch: Any) -> Any:
        """Encode an Arrow table of one row, a list of texts; return one row with their keys, vectors and counts."""
        texts = batch[TEXT][0].as_py()
        with self._lock:  # loaded here: an error of the constructor would not reach the driver as it is
            self._loaded = self._loaded or self._load()
        prepared = self._loaded.prepare(texts, self.role)
        vectors = np.full((len(texts), self.encoder.dim), np.nan, dtype=np.float32)
        with self._lock:
            for rows, some in encode(self._loaded, prepared, self.encoder.dim):
                vectors[rows] = some
        columns = (keys_of(texts), pa.array(vectors.ravel()), pa.array(prepared.tokens), pa.array(prepared.kept))
        return pa.table({name: _one_row(values) for name, values in zip(COLUMNS, columns, strict=True)})

    def _load(self) -> LoadedEncoder:
        found = dict(self.encoder.identity(self.corpus))
        if found != self.identity:
            other = {name: value for name, value in found.items() if value != self.identity.get(name)}
            wanted = {name: self.identity.get(name) for name in other}
            raise ParamsError(
                f"model: machine {socket.gethostname()} would give other vectors: it has {other}, the machine of the "
                f"stage has {wanted}; install the same on both"
            )
        return self.encoder.load(self.corpus)


def _one_row(values: Any) -> Any:
    return pa.ListArray.from_arrays(pa.array([0, len(values)], pa.int32()), values)


def rows_of(table: Any) -> tuple[Any, ...]:
    """Unpack a table of ``Worker``: keys, vectors float32 of shape (n, dim), tokens and kept."""
    keys, vectors, tokens, kept = (table[name].combine_chunks().flatten() for name in COLUMNS)
    return keys.to_pylist(), vectors.to_numpy().reshape(len(keys), -1), tokens.to_numpy(), kept.to_numpy()
