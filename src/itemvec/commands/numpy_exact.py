"""Exact search computed with NumPy: for one query, importing torch would take most of the time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from itemvec.core.top_k import TieOrder, Top, top_k
from itemvec.retrievers import Entries, Retrieve, Retriever
from itemvec.retrievers.exact import Exact
from itemvec.retrievers.hybrid import Hybrid


@dataclass(frozen=True)
class NumpyExact:
    """What ``exact`` in float32 finds, for few queries at a time; all items are in memory."""

    exact: Exact
    needs_vectors: ClassVar[bool] = True

    @property
    def lowest(self) -> float | None:
        """That of ``exact``."""
        return self.exact.lowest

    def index(self, items: Entries) -> Retrieve:
        """Scale the items."""
        vectors = np.concatenate([self.exact.scaled(block) for block in items.blocks("exact")])
        order = TieOrder(items.ids)

        def retrieve(queries: Entries, k: int) -> Top:
            asked = np.concatenate([self.exact.scaled(block) for block in queries.blocks("exact")])
            scores = np.einsum("qd,nd->qn", asked, vectors)  # equal items score alike, which a product of BLAS may not
            return top_k(scores, k, order.of(queries.ids))

        return retrieve


def without_torch(system: Retriever) -> Retriever:
    """The same retriever; what of it is ``exact`` in float32, without torch."""
    if isinstance(system, Hybrid):
        light = replace(system)
        vars(light)["retrievers"] = [without_torch(part) for part in system.retrievers]  # else built from its rows
        return light
    return NumpyExact(system) if isinstance(system, Exact) and system.precision == "float32" else system
