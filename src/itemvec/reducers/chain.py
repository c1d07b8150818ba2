"""A chain of several reductions, applied one after another."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, reduce
from typing import Any

import numpy as np

from itemvec.core.arrays import Floats
from itemvec.core.errors import ParamsError
from itemvec.reducers.base import REDUCERS, Reducer, Role, Sample, Transform, Trial


@REDUCERS.register("chain")
@dataclass(frozen=True)
class Chain:
    """Apply several reducers one after another: PCA, then int8, say.

    Each is fitted on what the one before makes of the items.

    Parameters
    ----------
    links
        Rows of reducers, without names, in their order.
    """

    links: list[dict[str, Any]]

    def __post_init__(self) -> None:
        if not self.links:
            raise ParamsError("reducer chain: name at least one link")
        self.reducers  # noqa: B018  (a wrong link is an error of the row, before anything runs)

    @cached_property
    def reducers(self) -> list[Reducer]:
        """The links, built."""
        return [REDUCERS.build(f"link {number}", row) for number, row in enumerate(self.links, 1)]

    def fit(self, sample: Sample, rng: np.random.Generator) -> Transform:
        """Fit each link on the output of the links before it."""
        transforms: list[Transform] = []
        for reducer in self.reducers:
            transforms.append(reducer.fit(sample, rng))
            sample = Sample(
                Mapped(sample.batches, transforms[-1], "item"),
                queries=Mapped(sample.queries, transforms[-1], "query"),
                trial=_tried(sample.trial, transforms[-1]),
                interactions=sample.interactions,
            )

        def through(role: Role, vectors: Floats) -> Floats:
            return reduce(lambda mapped, transform: transform(mapped, role), transforms, vectors)

        return Transform(
            lambda vectors: through("item", vectors),
            transforms[-1].bytes_per_item,
            lambda vectors: through("query", vectors),
            {name: fact for one in transforms for name, fact in one.facts.items()},
        )


def _tried(trial: Callable[[], Trial] | None, transform: Transform) -> Callable[[], Trial] | None:
    """The same trial, with its queries transformed."""
    if trial is None:
        return None
    read = trial

    def tried() -> Trial:
        found = read()
        return found._replace(queries=transform(found.queries, "query"))

    return tried


@dataclass(frozen=True)
class Mapped:
    """Batches of vectors that are transformed each time they are read."""

    batches: Iterable[Floats]
    transform: Transform
    role: Role

    def __iter__(self) -> Iterator[Floats]:
        for batch in self.batches:
            yield self.transform(batch, self.role)
