"""An encoder that looks before it encodes."""

from __future__ import annotations

import hashlib
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from itemvec.arrays import Floats
from itemvec.encoders.base import Corpus, Encode, Encoder, Role
from itemvec.encoders.fingerprint import fingerprint
from itemvec.errors import ParamsError
from itemvec.store import RowCache

BATCH = 1024  # texts encoded between two writes to the cache: what a kill can cost


class CachedEncoder:
    """Encodes each distinct text once, ever: what the row cache holds is read from it.

    The encoder itself is loaded with the first text that is not cached. A network pads a batch to its longest text, so
    a vector can differ by 1e-7 with the texts it was encoded with: a run that was resumed may have another digest than
    one that was not.

    identity
        What the encoder is, besides its options, as it was when this was made.
    encoded, reused
        How many distinct texts were encoded, and how many came from the cache, so far.
    """

    def __init__(self, encoder: Encoder, corpus: Corpus, folder: Path) -> None:
        self.encoder = encoder
        self.corpus = corpus
        self.encoded = 0
        self.reused = 0
        self.identity = dict(encoder.identity(corpus))
        roles: tuple[Role, Role] = ("item", "query")
        self._caches = {
            role: RowCache(folder, fingerprint(encoder, role, self.identity), encoder.dim) for role in roles
        }

    def encode(self, texts: Any, role: Role) -> Floats:
        """Vectors of an Arrow array of texts, float32 of shape (len(texts), dim)."""
        distinct = texts.dictionary_encode()
        words = distinct.dictionary.to_pylist()
        keys = pa.array([hashlib.blake2b(text.encode(), digest_size=16).digest() for text in words], pa.binary(16))
        cache = self._caches[role]
        found, vectors = cache.lookup(keys)
        missing = np.flatnonzero(~found)
        for start in range(0, len(missing), BATCH):
            rows = missing[start : start + BATCH]
            encoded = self._encode([words[row] for row in rows], role)
            if encoded.shape[1] != self.encoder.dim:
                raise ParamsError(f"model: the row says dim {self.encoder.dim}, the encoder gave {encoded.shape[1]}")
            vectors[rows] = encoded
            sound = rows[np.isfinite(vectors[rows]).all(axis=1)]  # a broken vector must not outlive its cause
            cache.add(keys.take(pa.array(sound)), vectors[sound])
        self.encoded += len(missing)
        self.reused += len(words) - len(missing)
        every: Floats = vectors[distinct.indices.to_numpy()]
        return every

    @cached_property
    def _encode(self) -> Encode:
        encode = self.encoder.load(self.corpus)
        if dict(self.encoder.identity(self.corpus)) != self.identity:
            raise ParamsError("model: its checkpoint changed while it was read; run again")
        return encode
