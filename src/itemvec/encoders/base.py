"""The interface of text encoders."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, Protocol, runtime_checkable

import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray

from itemvec.core.arrays import Floats
from itemvec.core.columns import TEXT
from itemvec.core.registry import Registry

SLICE = 1024  # texts that a plain encoder takes at a time

Role = Literal["item", "query"]
Counts = NDArray[np.int32]
Rows = NDArray[np.int64]  # positions of some texts
Done = tuple[Rows, Floats]  # which texts, and their vectors


@dataclass(frozen=True)
class Corpus:
    """The item texts, read from a Parquet file each time they are iterated."""

    path: Path

    def __iter__(self) -> Iterator[str]:
        for batch in pq.ParquetFile(self.path).iter_batches(columns=[TEXT]):
            yield from batch[TEXT].to_pylist()

    @cached_property
    def digest(self) -> str:
        """sha256 of all texts in order."""
        whole = hashlib.sha256()
        for text in self:
            whole.update(hashlib.sha256(text.encode()).digest())
        return whole.hexdigest()


@dataclass(frozen=True)
class Prepared:
    """Texts made ready for the model.

    inputs
        Input of the model.
    tokens
        Tokens of each text, int32 of shape (n,); zero if this kind of encoder has no token limit. A kind that gets the
        counts from the model's answer fills them in, in place, before it yields the rows.
    kept
        Tokens of each text that the model sees, int32 of shape (n,).
    """

    inputs: Any
    tokens: Counts
    kept: Counts


class LoadedEncoder(Protocol):
    """An encoder in memory. ``prepare`` for the next texts runs in parallel with ``encode`` for the current ones."""

    def prepare(self, texts: Sequence[str], role: Role) -> Prepared:
        """Do the work that needs no model, such as tokenization."""
        ...

    def encode(self, prepared: Prepared) -> Iterator[Done]:
        """Yield positions and vectors, float32 of shape (n, dim), batch by batch, in any order."""
        ...


@dataclass(frozen=True)
class Plain:
    """A loaded encoder that is one function from texts and their role to vectors."""

    function: Callable[[Sequence[str], Role], Floats]

    def prepare(self, texts: Sequence[str], role: Role) -> Prepared:
        """Pass the texts on: there is nothing to prepare and no token limit."""
        zeros = np.zeros(len(texts), dtype=np.int32)
        return Prepared((texts, role), zeros, zeros)

    def encode(self, prepared: Prepared) -> Iterator[Done]:
        """Encode ``SLICE`` texts at a time, in their order."""
        texts, role = prepared.inputs
        for start in range(0, len(texts), SLICE):
            some = texts[start : start + SLICE]
            yield np.arange(start, start + len(some)), self.function(some, role)


class Encoder(Protocol):
    """Options of an encoder; ``dim`` is the width of its vectors."""

    @property
    def dim(self) -> int:
        """Width of the vectors."""
        ...

    def identity(self, corpus: Corpus) -> Mapping[str, Any]:
        """Everything besides options and code that can change vectors: checkpoint revision, versions, fitted corpus."""
        ...

    def load(self, corpus: Corpus) -> LoadedEncoder:
        """Load the encoder into memory, and fit it on ``corpus`` if it learns from the items."""
        ...


@runtime_checkable
class Checkable(Protocol):
    """An encoder whose options can be compared with files on this machine before anything is loaded."""

    def check(self) -> None:
        """Raise ``ParamsError`` if they contradict each other."""
        ...


ENCODERS: Registry[Encoder] = Registry("model")
