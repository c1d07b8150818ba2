"""What the pipeline asks of a retriever."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from itemvec.arrays import Floats, Ids
from itemvec.errors import ParamsError
from itemvec.registry import Registry
from itemvec.topk import Top


@dataclass(frozen=True)
class Entries:
    """Items, or queries: ids of shape (n,), and in the same order texts, vectors, or both.

    vectors
        float32 blocks of shape (any, dim), n rows in all; may be iterated more than once.
    """

    ids: Ids
    texts: Any | None = None
    vectors: Iterable[Floats] | None = None

    def __len__(self) -> int:
        return len(self.ids)

    def words(self, kind: str) -> list[str]:
        """The texts, for a retriever that cannot do without."""
        if self.texts is None:
            raise ValueError(f"{kind} needs texts")
        words: list[str] = self.texts.to_pylist()
        return words

    def blocks(self, kind: str) -> Iterable[Floats]:
        """The vectors, for a retriever that cannot do without."""
        if self.vectors is None:
            raise ParamsError(f"{kind} needs vectors; name its row under retrievers, not under baselines")
        return self.vectors


Retrieve = Callable[[Entries, int], Top]


class Retriever(Protocol):
    """Options of a retriever."""

    @property
    def needs_vectors(self) -> bool:
        """Whether it cannot be a baseline."""
        ...

    def index(self, items: Entries) -> Retrieve:
        """Prepare ``items``, and return the function that finds the best ``k`` of them for any queries."""
        ...


RETRIEVERS: Registry[Retriever] = Registry("retriever")
