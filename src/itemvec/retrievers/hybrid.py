"""Hybrid retriever: several retrievers, fused by reciprocal rank or by a weighted sum of scores."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import Any, Literal

import numpy as np

from itemvec.core.arrays import Doubles
from itemvec.core.errors import ParamsError
from itemvec.core.options import Depth, NaturalFloat, Positive
from itemvec.core.top_k import TieOrder, Ties, Top
from itemvec.retrievers.base import RETRIEVERS, Entries, Retrieve, Retriever, TakesWidths, Tuning, prepare
from itemvec.retrievers.fusion import Candidates, normalised, reciprocal_rank, scaled_from, unite

STEPS = {2: 20}  # steps of a weight from 0 to 1, by the number of parts
FEWER = 10  # steps if there are more parts


@RETRIEVERS.register("hybrid")
@dataclass(frozen=True)
class Hybrid:
    """Several retrievers, whose results are ranked together by a weighted sum.

    Parameters
    ----------
    parts
        Rows of retrievers, without names: at least two.
    fusion
        ``rrf`` sums 1 / (k + rank) (Cormack et al., 2009). ``convex`` sums normalised scores (Bruch et al., arXiv
        2210.11934). A part of weight 0 finds nothing, so that weights 0 and 1 give exactly the second part.
    k
        The k of ``rrf``: the larger, the less the first ranks stand out.
    normalise
        How ``convex`` makes the scores of a query and part comparable. ``tmm`` brings them to 0 for the least score
        there can be, 0 for BM25 and -1 for the cosine, and to 1 for the largest found; an item that a part did not
        find has 0. ``minmax`` brings the least that was found to 0, and ``z`` the scores to mean 0 and standard
        deviation 1; with both, an item that a part did not find counts there as its last one does. Where no least
        score is known, as for an inner product, ``tmm`` takes the least that was found.
    weights
        One weight per part. By default ``rrf`` weighs parts equally, and ``convex`` chooses the weights with the
        best first metric on the validation queries, among equal ones those closest to equal weights.
    candidates
        How many items of each part are ranked.
    """

    parts: list[dict[str, Any]]
    fusion: Literal["rrf", "convex"] = "rrf"
    k: Positive = 60
    normalise: Literal["tmm", "minmax", "z"] = "tmm"
    weights: list[NaturalFloat] | None = None
    candidates: Depth = 100

    def __post_init__(self) -> None:
        if len(self.parts) < 2:
            raise ParamsError("retriever hybrid: parts has fewer than two rows; name at least two retrievers")
        if self.weights is not None and (len(self.weights) != len(self.parts) or not sum(self.weights)):
            raise ParamsError(f"retriever hybrid: weights is {self.weights}; give one per part, and not all 0")
        _ = self.retrievers

    @cached_property
    def retrievers(self) -> list[Retriever]:
        """The parts, built."""
        return [RETRIEVERS.build(f"hybrid, part {number}", row) for number, row in enumerate(self.parts, 1)]

    @property
    def needs_vectors(self) -> bool:
        """Whether any part needs vectors."""
        return any(part.needs_vectors for part in self.retrievers)

    @property
    def lowest(self) -> float | None:
        """That of what is summed; z has none."""
        return None if self.fusion == "convex" and self.normalise == "z" else 0.0

    def check_width(self, dim: int) -> None:
        """Refuse what a part cannot index."""
        for part in self.retrievers:
            if isinstance(part, TakesWidths):
                part.check_width(dim)

    def index(self, items: Entries) -> Retrieve:
        """Prepare all parts."""
        return self.tune(items, None)[0]

    def tune(self, items: Entries, tuning: Tuning | None) -> tuple[Retrieve, dict[str, Any]]:
        """Prepare all parts; choose the weights where none are given.

        Raises
        ------
        ParamsError
            Weights must be chosen, and there are no validation queries.
        """
        order = TieOrder(items.ids)
        prepared = [prepare(part, items, tuning) for part in self.retrievers]
        chosen: dict[str, Any] = {f"part {number}": said for number, (_, said) in enumerate(prepared, 1) if said}

        def candidates(queries: Entries) -> Candidates:
            tops = [retrieve(queries, self.candidates) for retrieve, _ in prepared]
            return unite(tops, [self._value(top, part) for top, part in zip(tops, self.retrievers, strict=True)])

        weights = np.array(self.weights or [1.0] * len(self.parts))
        if self.fusion == "convex" and self.weights is None:
            if tuning is None:
                raise ParamsError(
                    "retriever hybrid: there are no validation queries to choose weights by; set search.split to "
                    "{validation: 0.2}, or give weights"
                )
            weights, quality = _best(candidates(tuning.queries), tuning, order.of(tuning.queries.ids))
            chosen |= {"weights": weights.tolist(), "validation": quality}
        if self.fusion == "convex":
            weights = weights / weights.sum()
            if np.count_nonzero(weights) == 1:
                return prepared[int(np.argmax(weights))][0], chosen
        return lambda queries, k: candidates(queries).top(weights, k, order.of(queries.ids)), chosen

    def _value(self, top: Top, part: Retriever) -> tuple[Doubles, Doubles]:
        if self.fusion == "rrf":
            return reciprocal_rank(top, self.k)
        return scaled_from(top, part.lowest) if self.normalise == "tmm" else normalised(top, self.normalise)


def _best(candidates: Candidates, tuning: Tuning, ties: Ties) -> tuple[Doubles, float]:
    """The weights with the highest quality, and that quality."""
    n_parts = len(candidates.values)
    steps = STEPS.get(n_parts, FEWER)
    grid = [np.array(one) / steps for one in product(range(steps + 1), repeat=n_parts) if sum(one) == steps]
    grid.sort(key=lambda weights: float(np.square(weights).sum()))  # equal weights first
    qualities = [tuning.quality(candidates.top(weights, tuning.depth, ties)) for weights in grid]
    best = int(np.argmax(qualities))
    return grid[best], qualities[best]
