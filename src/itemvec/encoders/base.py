"""What the pipeline asks of a text encoder."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, Protocol

import pyarrow.parquet as pq

from itemvec.arrays import Floats
from itemvec.columns import TEXT
from itemvec.registry import Registry

Role = Literal["item", "query"]
Encode = Callable[[Sequence[str], Role], Floats]


@dataclass(frozen=True)
class Corpus:
    """The item texts, read afresh from a Parquet file whenever they are iterated."""

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


class Encoder(Protocol):
    """Options of an encoder; ``dim`` is the width of its vectors."""

    @property
    def dim(self) -> int:
        """Width of the vectors."""
        ...

    def identity(self, corpus: Corpus) -> Mapping[str, Any]:
        """What decides the vectors besides options and code: the resolved checkpoint, versions, a fitted corpus."""
        ...

    def load(self, corpus: Corpus) -> Encode:
        """Bring the encoder into memory, fitting it on ``corpus`` if it learns from the items.

        Returns a function from texts and their role to vectors, float32 of shape (len(texts), dim).
        """
        ...


ENCODERS: Registry[Encoder] = Registry("model")
