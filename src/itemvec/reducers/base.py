"""What the pipeline asks of a reduction."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple, Protocol

import numpy as np

from itemvec.core.arrays import Doubles, Floats
from itemvec.core.errors import ParamsError
from itemvec.core.registry import Registry
from itemvec.metrics.leave_one_dimension_out import Judged
from itemvec.reducers.moments import Decomposition

Role = Literal["item", "query"]
Map = Callable[[Floats], Floats]
FLOAT = 4  # bytes of a float32


class Trial(NamedTuple):
    """Queries that may decide, float32 of shape (n, dim), and what is relevant to them."""

    queries: Floats
    judged: Judged


@dataclass(frozen=True)
class Sample:
    """What a reduction may learn from.

    batches
        Item vectors, float32 of shape (any, dim); may be iterated more than once.
    known
        The moments of ``batches``, where they were computed before; else they are, once, if a reduction asks for them.
    queries
        Query vectors, likewise: for the defect of centring them on their own mean.
    trial
        Reads the judged queries that may decide what is kept.
    """

    batches: Iterable[Floats]
    known: Decomposition | None = None
    queries: Iterable[Floats] = ()
    trial: Callable[[], Trial] | None = None

    @cached_property
    def moments(self) -> Decomposition:
        """Mean and principal directions of the items."""
        return Decomposition.of(self.batches) if self.known is None else self.known

    @cached_property
    def dim(self) -> int:
        """Width of the vectors."""
        return int(next(iter(self.batches)).shape[1]) if self.known is None else len(self.known.mean)

    def keep(self, kind: str, dim: int) -> int:
        """``dim``, if the vectors have as many.

        Raises
        ------
        ParamsError
            They have fewer.
        """
        if dim > self.dim:
            raise ParamsError(f"reducer {kind}: dim {dim} is more than the {self.dim} the vectors have")
        return dim


@dataclass(frozen=True)
class Transform:
    """What was learnt: a map from vectors of shape (n, dim) to float32 vectors of shape (n, reduced dim).

    items
        The map.
    bytes_per_item
        What an index keeps of an item. Vectors are handed on as float32 whatever it is, so that everything downstream
        reads them; a quantised vector is one of the few float32 vectors that its bytes can say.
    queries
        The map for queries, where it is another: a float query is compared with the few bytes of an item.
    """

    items: Map
    bytes_per_item: int
    queries: Map | None = None

    def __call__(self, vectors: Floats, role: Role = "item") -> Floats:
        """Map ``vectors``, float32 of shape (n, dim)."""
        return self.queries(vectors) if role == "query" and self.queries is not None else self.items(vectors)

    @classmethod
    def floats(cls, dim: int, items: Map, queries: Map | None = None) -> Transform:
        """A map to ``dim`` numbers of four bytes."""
        return cls(items, dim * FLOAT, queries)


class Reducer(Protocol):
    """Options of a reduction."""

    def fit(self, sample: Sample, rng: np.random.Generator) -> Transform:
        """Learn from item vectors; queries are transformed with what was learnt from items.

        Parameters
        ----------
        sample
            The items.
        rng
            The only source of randomness.
        """
        ...


REDUCERS: Registry[Reducer] = Registry("reducer")


def unit(vectors: Floats) -> Floats:
    """Rows of length one; a row of zeros stays as it is."""
    scaled: Floats = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), np.float32(1e-12))
    return scaled


def mean_of(batches: Iterable[Floats]) -> Doubles:
    """Mean of all rows, float64 of shape (dim,); zero where there are none."""
    total: Doubles = np.zeros(1)
    n = 0
    for batch in batches:
        total = total + batch.sum(axis=0, dtype=np.float64)
        n += len(batch)
    return total / max(n, 1)
