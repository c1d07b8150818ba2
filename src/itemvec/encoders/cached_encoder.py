"""An encoder with a row cache: it encodes only texts that are not cached yet."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict
from functools import cached_property
from itertools import chain, compress
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from itemvec.core.errors import ParamsError, TableError
from itemvec.core.progress import say
from itemvec.encoders.base import ENCODERS, Corpus, Done, Encoder, LoadedEncoder, Prepared, Role
from itemvec.encoders.cache_writer import Keeper
from itemvec.encoders.fingerprint import encoder_id, fingerprint
from itemvec.store import CachedRows, RowCache

WINDOW = 16_384  # texts that are sorted by length together: enough that equal lengths meet, few enough to hold

Texts = dict[bytes, str]  # by key: the texts of one window, each once


class CachedEncoder:
    """Encodes each distinct text only once over all runs; cached texts are read from the row cache.

    The encoder itself is loaded when the first text is not cached.

    Parameters
    ----------
    folder
        Where the row cache lies.

    Attributes
    ----------
    identity
        Identity of the encoder besides its options, at the time this object was made.
    id
        Hash of the row's options and of ``identity``.
    tokens
        Tokens of the texts encoded so far.
    """

    def __init__(self, encoder: Encoder, corpus: Corpus, folder: str) -> None:
        self.encoder = encoder
        self.corpus = corpus
        self.tokens = 0
        self.identity = dict(encoder.identity(corpus))
        self.id = encoder_id(encoder, self.identity)
        roles: tuple[Role, Role] = ("item", "query")
        self._caches = {
            role: RowCache(folder, fingerprint(encoder, role, self.identity), encoder.dim, _about(encoder, role))
            for role in roles
        }

    def fill(self, blocks: Iterable[Any], role: Role, done: Callable[[int], object] = lambda _: None) -> int:
        """Encode those texts of ``blocks``, Arrow arrays, that the cache lacks, and store the vectors as they are done.

        While the model runs on one window of texts, the next is prepared and finished rows are written.

        Parameters
        ----------
        done
            Called with the number of further rows that are done.

        Returns
        -------
        Number of texts that were encoded.
        """
        cache, encoded = self._caches[role], 0
        waiting: tuple[Texts, Future[Prepared]] | None = None
        with ThreadPoolExecutor(1) as ahead, Keeper(cache) as keeper:
            for window in chain(_windows(blocks, cache, done), [None]):
                following = window and (window, ahead.submit(self._loaded.prepare, list(window.values()), role))
                if waiting is not None:
                    self._run(list(waiting[0]), waiting[1].result(), keeper, done)
                    encoded += len(waiting[0])
                waiting = following or None
        return encoded

    @property
    def may_travel(self) -> bool:
        """Whether other machines may encode for this encoder.

        Not if it is fitted on the items, since fitting elsewhere could give another result, and not if it needs a key,
        since keys stay on this machine.
        """
        return "corpus" not in self.identity and not hasattr(self.encoder, "key_variable")

    def lacking(self, blocks: Iterable[Any], role: Role) -> NDArray[np.bool_]:
        """Whether each text must be encoded, bool of shape (n,): it is not cached and is no repetition."""
        keys = pa.chunked_array([keys_of(texts.to_pylist()) for texts in blocks], pa.binary(16)).combine_chunks()
        first = np.unique(keys.dictionary_encode().indices, return_index=True)[1]
        wanted = np.zeros(len(keys), dtype=np.bool_)
        wanted[first] = ~self._caches[role].contains(keys.take(pa.array(first)))
        return wanted

    def keeper(self, role: Role) -> Keeper:
        """A writer for rows that were encoded on other machines."""
        return Keeper(self._caches[role])

    def read(self, texts: Any, role: Role) -> CachedRows:
        """Cached rows of an Arrow array of texts after ``fill``; the vector is NaN if the model gave no finite one.

        A text whose row has changed on disk is encoded again.
        """
        distinct, cache = texts.dictionary_encode(), self._caches[role]
        keys, before = keys_of(distinct.dictionary.to_pylist()), cache.dropped
        rows = cache.lookup(keys)
        if cache.dropped > before:
            n_dropped, before = cache.dropped - before, cache.dropped
            say(f"row cache: {n_dropped:,} rows had changed on disk, by their checksums; encoding their texts again")
            self.fill([distinct.dictionary.filter(pa.array(~rows.found))], role)
            rows = cache.lookup(keys)
        if cache.dropped > before:
            raise TableError(f"row cache {cache.folder}: rows change as soon as they are written; check this disk")
        rows.vectors[~rows.found] = np.nan
        return rows.take(distinct.indices.to_numpy())

    def _run(self, keys: list[bytes], prepared: Prepared, keeper: Keeper, done: Callable[[int], object]) -> None:
        for rows, vectors in encode(self._loaded, prepared, self.encoder.dim):
            self.tokens += int(prepared.tokens[rows].sum())
            keeper.take([keys[row] for row in rows], vectors, prepared.tokens[rows], prepared.kept[rows])
            done(len(rows))
        keeper.flush()

    @cached_property
    def _loaded(self) -> LoadedEncoder:
        loaded = self.encoder.load(self.corpus)
        if dict(self.encoder.identity(self.corpus)) != self.identity:
            raise ParamsError("model: its checkpoint changed while it was read; run again")
        return loaded


def _about(encoder: Encoder, role: Role) -> dict[str, Any]:
    """A description of the encoder, for `itemvec cache list`."""
    options: dict[str, Any] = asdict(encoder)  # type: ignore[call-overload]  # every kind is a dataclass
    return {"kind": ENCODERS.kind_of(encoder), "role": role, "options": options}


def encode(loaded: LoadedEncoder, prepared: Prepared, dim: int) -> Iterator[Done]:
    """Yield positions and vectors batch by batch; raise if the width is not ``dim``."""
    for rows, vectors in loaded.encode(prepared):
        if vectors.shape[1] != dim:
            raise ParamsError(f"model: the row says dim {dim}, the encoder gave {vectors.shape[1]}")
        yield rows, vectors


def _windows(blocks: Iterable[Any], cache: RowCache, done: Callable[[int], object]) -> Iterator[Texts]:
    """Windows of distinct texts that are not cached. All windows but the last one yielded must be cached by then."""
    window: Texts = {}
    before: Texts = {}
    for texts in blocks:
        words = texts.unique().to_pylist()
        keys = keys_of(words)
        lacking = compress(zip(keys.to_pylist(), words, strict=True), ~cache.contains(keys))
        new = {key: text for key, text in lacking if key not in before and key not in window}
        done(len(texts) - len(new))
        window |= new
        if len(window) >= WINDOW:
            yield window
            before, window = window, {}
    if window:
        yield window


def keys_of(texts: list[str]) -> Any:
    """The cache key of each text: 16 bytes of BLAKE2b, as an Arrow array."""
    return pa.array([hashlib.blake2b(text.encode(), digest_size=16).digest() for text in texts], pa.binary(16))
