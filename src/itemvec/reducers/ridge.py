"""Tuning of queries in closed form: a linear map that moves a query towards what is relevant to it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from itemvec.core.arrays import Doubles, Floats, Ints
from itemvec.core.options import PositiveFloat
from itemvec.reducers.base import REDUCERS, Map, Sample, Transform
from itemvec.reducers.held_out import HeldOut, best, rounded

PENALTIES = (0.01, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0)


@REDUCERS.register("ridge")
@dataclass(frozen=True)
class Ridge:
    """Map queries by ridge regression to the items that are relevant to them; items stay as they are.

    The map W makes the sum of ``|W q - t|**2`` over the training queries plus ``penalty * n / dim * |W - I|**2`` least,
    where t is the direction of what is relevant to q; it has a closed form. It is fitted on the queries that are not
    for testing, by ``search.split``, and needs the catalogue in memory. Where no penalty makes queries that the map has
    not seen better (five folds), they stay as they are. So ``exact`` on this variant against ``exact`` on the first one
    says whether tuning pays.

    Parameters
    ----------
    penalty
        How strongly the map is held to change nothing; by default the best of eight in cross-validation.
    """

    penalty: PositiveFloat | None = None

    def fit(self, sample: Sample, rng: np.random.Generator) -> Transform:
        """Choose the penalty by cross-validation, then fit on all queries that may decide."""
        held = HeldOut.of("ridge", sample, rng)
        base = float(held.quality(held.queries).mean())
        penalties = PENALTIES if self.penalty is None else (self.penalty,)

        def quality(penalty: float) -> float:
            return float(held.quality(held.unseen(lambda rows: _fit(held, rows, penalty))).mean())

        chosen, reached = best(((penalty, quality(penalty)) for penalty in penalties), base)
        facts = {
            "queries": len(held.queries),
            "left_out": held.repeated,
            "before": base,
            "after": reached,
            "penalty": chosen,
        }
        transform = Transform.floats(sample.dim, _unchanged, _unchanged)
        if chosen is None:
            return replace(transform, facts={"tuned": facts})
        facts["curve"] = held.curve(lambda rows: _fit(held, rows, chosen))
        return replace(transform, queries=_fit(held, np.arange(len(held.queries)), chosen), facts={"tuned": facts})


def _fit(held: HeldOut, rows: Ints, penalty: float) -> Map:
    """The map that was fitted on some of the queries."""
    queries, targets = (part[rows].astype(np.float64) for part in (held.queries, held.targets))
    weight = penalty * len(rows) / queries.shape[1]
    identity = np.eye(queries.shape[1]) * weight
    matrix: Doubles = np.linalg.solve(queries.T @ queries + identity, queries.T @ targets + identity)

    def transform(vectors: Floats) -> Floats:
        return rounded(np.asarray(vectors.astype(np.float64) @ matrix))

    return transform


def _unchanged(vectors: Floats) -> Floats:
    return np.array(vectors, dtype=np.float32)
