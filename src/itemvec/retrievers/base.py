"""The interface of retrievers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from itemvec.core.arrays import Doubles, Floats, Ids, Ints
from itemvec.core.engine import HERE, Engine
from itemvec.core.errors import ParamsError
from itemvec.core.registry import Registry
from itemvec.core.top_k import Top


@dataclass(frozen=True)
class Entries:
    """Items, or queries: ids of shape (n,), and in the same order texts, vectors, or both.

    vectors
        float32 blocks of shape (any, dim), n rows in all; may be iterated more than once.
    engine
        Where retrievers that scan all items work on them.
    """

    ids: Ids
    texts: Any | None = None
    vectors: Iterable[Floats] | None = None
    engine: Engine = HERE

    def __len__(self) -> int:
        return len(self.ids)

    def words(self, kind: str) -> list[str]:
        """The texts, for a retriever that needs them; raises if there are none."""
        return list(self.given_texts(kind).to_pylist())

    def given_texts(self, kind: str) -> Any:
        """The texts as they are given, an Arrow array, which takes less memory; raises if there are none."""
        if self.texts is None:
            raise ValueError(f"{kind} needs texts")
        return self.texts

    def blocks(self, kind: str) -> Iterable[Floats]:
        """The vectors, for a retriever that needs them; raises if there are none."""
        if self.vectors is None:
            raise ParamsError(f"{kind} needs vectors; name its row under retrievers, not under baselines")
        return self.vectors

    def where(self, chosen: NDArray[np.bool_]) -> Entries:
        """The entries where ``chosen``, bool of shape (n,), is true."""
        if chosen.all():
            return self
        mask = pa.array(chosen)
        texts = None if self.texts is None else self.texts.filter(mask)
        vectors = None if self.vectors is None else _Chosen(self.vectors, chosen)
        return Entries(self.ids.filter(mask), texts, vectors, self.engine)


@dataclass(frozen=True)
class _Chosen:
    """Chosen rows of blocks of vectors."""

    blocks: Iterable[Floats]
    chosen: NDArray[np.bool_]

    def __iter__(self) -> Iterator[Floats]:
        start = 0
        for block in self.blocks:
            yield block[self.chosen[start : start + len(block)]]
            start += len(block)


Retrieve = Callable[[Entries, int], Top]


class Retriever(Protocol):
    """Options of a retriever."""

    @property
    def needs_vectors(self) -> bool:
        """Whether it needs vectors, and so cannot be a baseline."""
        ...

    @property
    def lowest(self) -> float | None:
        """The score below which none can be, whatever the texts; None where there is no such score."""
        ...

    def index(self, items: Entries) -> Retrieve:
        """Prepare ``items``, and return the function that finds the best ``k`` of them for any queries."""
        ...


@dataclass(frozen=True)
class Tuning:
    """Validation queries, by which alone a retriever may choose its options.

    queries
        The validation queries.
    quality
        From a ranking of these queries to the mean of the protocol's first metric.
    depth
        Ranks that ``quality`` needs.
    """

    queries: Entries
    quality: Callable[[Top], float]
    depth: int


@dataclass(frozen=True)
class Judged:
    """Judged queries that a retriever may learn from: those for training, or for validation where there are none.

    queries
        The queries.
    values
        From a ranking of these queries to the first metric of each, float64; NaN where nothing is relevant.
    depth
        Ranks that ``values`` needs.
    """

    queries: Entries
    values: Callable[[Top], Doubles]
    depth: int


@runtime_checkable
class Tunable(Protocol):
    """A retriever with options that are chosen on validation queries."""

    def tune(self, items: Entries, tuning: Tuning | None) -> tuple[Retrieve, dict[str, Any]]:
        """Prepare ``items`` as ``index`` does, and return the choice too; ``tuning`` is None without such queries."""
        ...


@runtime_checkable
class TakesWidths(Protocol):
    """A retriever that cannot index vectors of any width."""

    def check_width(self, dim: int) -> None:
        """Make sure that it can index vectors of ``dim`` numbers.

        Raises
        ------
        ParamsError
            It cannot.
        """
        ...


@runtime_checkable
class Learns(Protocol):
    """A retriever that learns from single judged queries."""

    def learn(self, items: Entries, tuning: Tuning | None, judged: Judged | None) -> tuple[Retrieve, dict[str, Any]]:
        """Prepare ``items`` as ``index`` does, and return what it learnt too; ``judged`` is None without queries."""
        ...


@runtime_checkable
class Chooses(Protocol):
    """A retrieve function that takes one of several actions for each query."""

    def __call__(self, queries: Entries, k: int) -> Top:
        """The best ``k``, by the action that is taken for each query."""
        ...

    def actions(self, queries: Entries) -> Ints:
        """Which action is taken for each query, int64: a place among ``outcomes``."""
        ...

    def outcomes(self, queries: Entries, k: int) -> dict[str, Top]:
        """What each action finds for all queries, by its name; the first leaves them as they are."""
        ...

    def remarks(self, queries: Entries) -> dict[str, Any]:
        """What the summary says besides of the actions for these queries; empty where that is nothing."""
        ...


def prepare(
    retriever: Retriever, items: Entries, tuning: Tuning | None, judged: Judged | None = None
) -> tuple[Retrieve, dict[str, Any]]:
    """Index ``items`` with any retriever; also return what it chose or learnt, for the summary.

    ``judged`` is for one that learns; in a part of another it gets none.
    """
    if isinstance(retriever, Learns):
        return retriever.learn(items, tuning, judged)
    return retriever.tune(items, tuning) if isinstance(retriever, Tunable) else (retriever.index(items), {})


RETRIEVERS: Registry[Retriever] = Registry("retriever")
