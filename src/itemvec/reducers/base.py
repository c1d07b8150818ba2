"""The interface of reductions."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, NamedTuple, Protocol

import numpy as np

from itemvec.core.arrays import Doubles, Floats, Ints
from itemvec.core.errors import ParamsError
from itemvec.core.registry import Registry
from itemvec.metrics.exact_ndcg import Judged
from itemvec.reducers.moments import Decomposition

Role = Literal["item", "query"]
Map = Callable[[Floats], Floats]
FLOAT = 4  # bytes of a float32
EQUAL = float(np.finfo(np.float32).eps) ** 2  # variance, in squares of the mean, that rounding alone can make


class Trial(NamedTuple):
    """Queries that a reduction may learn from, float32 of shape (n, dim), and their judgments.

    hidden
        Position of the item that is not ranked for each query, int64 of shape (n,), or -1.
    """

    queries: Floats
    judged: Judged
    hidden: Ints | None = None


@dataclass(frozen=True)
class Sample:
    """The data that a reduction may learn from.

    batches
        Item vectors, float32 of shape (any, dim); may be iterated more than once.
    known
        The moments of ``batches`` if they were computed before; else they are computed when a reduction needs them.
    queries
        Query vectors, in batches too; only for ``centre: queries``, a defect that can be reproduced.
    trial
        Reads the judged queries that may decide which dimensions are kept.
    interactions
        Reads who had which item in training: 1 or 0, scipy CSR of shape (n_users, n_items), columns in the order of the
        items.
    """

    batches: Iterable[Floats]
    known: Decomposition | None = None
    queries: Iterable[Floats] = ()
    trial: Callable[[], Trial] | None = None
    interactions: Callable[[], Any] | None = None

    @cached_property
    def moments(self) -> Decomposition:
        """Mean and principal directions of the items.

        Raises
        ------
        ParamsError
            The items have no direction that one could learn: all vectors are equal.
        """
        found = Decomposition.of(self.batches) if self.known is None else self.known
        if found.values.sum() <= EQUAL * float(found.mean @ found.mean):
            raise ParamsError(
                f"reducer: all {found.n:,} item vectors are equal, so none of their directions can be chosen by them; "
                "check the texts and the model, or take a variant that learns nothing, as full"
            )
        return found

    @cached_property
    def dim(self) -> int:
        """Width of the vectors."""
        return int(next(iter(self.batches)).shape[1]) if self.known is None else len(self.known.mean)

    def keep(self, kind: str, dim: int) -> int:
        """Return ``dim`` if the vectors have that many dimensions.

        Raises
        ------
        ParamsError
            The vectors have fewer.
        """
        if dim > self.dim:
            raise ParamsError(f"reducer {kind}: dim {dim} is more than the {self.dim} the vectors have")
        return dim


@dataclass(frozen=True)
class Transform:
    """A fitted reduction: a map from vectors of shape (n, dim) to float32 vectors of shape (n, reduced dim).

    items
        The map for items.
    bytes_per_item
        Bytes per item in an index. Vectors are always passed on as float32, so that all later stages can read them; a
        quantised vector is the float32 vector that its bytes stand for.
    queries
        The map for queries if it differs: a float query may be compared with a quantised item.
    facts
        What the fit found, for the results.
    linear
        By role, the matrix, float32 of shape (dim, reduced dim), of a map that scales to unit length after it; empty
        for other maps.
    """

    items: Map
    bytes_per_item: int
    queries: Map | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    linear: dict[Role, Floats] = field(default_factory=dict)

    def __call__(self, vectors: Floats, role: Role = "item") -> Floats:
        """Map ``vectors``, float32 of shape (n, dim)."""
        return self.queries(vectors) if role == "query" and self.queries is not None else self.items(vectors)

    @classmethod
    def floats(cls, dim: int, items: Map, queries: Map | None = None) -> Transform:
        """A transform to ``dim`` float32 numbers."""
        return cls(items, dim * FLOAT, queries)


class Reducer(Protocol):
    """Options of a reduction."""

    def fit(self, sample: Sample, rng: np.random.Generator) -> Transform:
        """Fit on item vectors; queries are then transformed by the same fit.

        Parameters
        ----------
        sample
            The items, and judged queries for the kinds that need them.
        rng
            The only source of randomness.
        """
        ...


REDUCERS: Registry[Reducer] = Registry("reducer")


def unit(vectors: Floats) -> Floats:
    """Scale rows to unit length; a row of zeros stays as it is."""
    scaled: Floats = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), np.float32(1e-12))
    return scaled


def mean_of(batches: Iterable[Floats]) -> Doubles:
    """Mean of all rows, float64 of shape (dim,); zero if there are none."""
    total: Doubles = np.zeros(1)
    n = 0
    for batch in batches:
        total = total + batch.sum(axis=0, dtype=np.float64)
        n += len(batch)
    return total / max(n, 1)
