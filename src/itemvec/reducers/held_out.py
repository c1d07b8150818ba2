"""What a tuned map of queries is judged by: nDCG@10 of queries that it has not seen, among those that may decide."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from itemvec.core.arrays import Doubles, Floats, Ints
from itemvec.core.errors import ParamsError
from itemvec.metrics.exact_ndcg import Judged, ndcg
from itemvec.reducers.base import Map, Sample, Trial, unit

FOLDS = 5
LEAST = 2 * FOLDS  # distinct queries that tuning needs
SHARES = (0.125, 0.25, 0.5, 1.0)  # of the training queries, for the learning curve
FINE = 2.0**24  # results are multiples of 1 / FINE, so that all processors and threads give the same

Fit = Callable[[Ints], Map]  # from the rows of the training queries to a map of queries


@dataclass(frozen=True)
class HeldOut:
    """Queries that may decide, the items, and a split of the queries into folds.

    queries
        Of unit length, float32 of shape (n, dim).
    items
        Of unit length, float32 of shape (n_items, dim); the catalogue is held in memory.
    folds
        Which fold each query belongs to, int64. Equal queries share one, so that none is trained on itself.
    hidden
        Position of the item that is not ranked for each query, or -1.
    repeated
        How many more queries there were that are asked in the test too, and so left out.
    """

    queries: Floats
    items: Floats
    judged: Judged
    folds: Ints
    hidden: Ints | None = None
    repeated: int = 0

    @classmethod
    def of(cls, kind: str, sample: Sample, rng: np.random.Generator) -> HeldOut:
        """Read the judged queries of ``sample``.

        Raises
        ------
        ParamsError
            There are none, too few, or none beside those that the results are measured on.
        """
        trial: Trial | None = sample.trial() if sample.trial else None
        if trial is None or not len(trial.queries):
            raise ParamsError(f"reducer {kind}: the data set has no judged queries; choose another reducer")
        if not trial.apart:
            raise ParamsError(
                f"reducer {kind}: all judged queries are for testing, and tuning on them would praise itself; write "
                "search.split: {validation: 0.5}, or give the queries a column split"
            )
        distinct, whose = np.unique(trial.queries, axis=0, return_inverse=True)
        if len(distinct) < LEAST:
            raise ParamsError(f"reducer {kind}: {len(distinct)} queries are too few to tune on; {LEAST} are the least")
        folds = (rng.permutation(len(distinct)) % FOLDS)[whose.ravel()]
        items = unit(np.concatenate(list(sample.batches)))
        return cls(unit(trial.queries), items, trial.judged, folds.astype(np.int64), trial.hidden, trial.repeated)

    @cached_property
    def targets(self) -> Floats:
        """The direction of what is relevant to each query, weighed by gain: unit length, float32 of shape (n, dim)."""
        judged = self.judged
        weighed = self.items[judged.items] * judged.gains[:, None].astype(np.float32)
        return unit(np.add.reduceat(weighed, judged.offsets[:-1], axis=0))

    def quality(self, queries: Floats) -> Doubles:
        """nDCG@10 by cosine of each of the judged queries, with ``queries`` in their place; float64 of shape (n,)."""
        return ndcg(queries, self.items, self.judged, hidden=self.hidden)

    def unseen(self, fit: Fit, share: float = 1.0) -> Floats:
        """Every query, mapped by what was fitted on the other folds, or on a share of them."""
        mapped = np.empty_like(self.queries)
        for fold in range(FOLDS):
            rows = np.flatnonzero(self.folds != fold)
            kept = np.random.default_rng(fold).permutation(rows)[: max(2, round(share * len(rows)))]
            mapped[self.folds == fold] = fit(np.sort(kept))(self.queries[self.folds == fold])
        return mapped

    def curve(self, fit: Fit) -> dict[str, float]:
        """nDCG@10 of unseen queries after training on a share of the others."""
        return {f"{share:g}": float(self.quality(self.unseen(fit, share)).mean()) for share in SHARES}


def rounded(vectors: Floats) -> Floats:
    """Unit length, on a grid that hides how sums were rounded."""
    return np.asarray(np.rint(unit(vectors).astype(np.float64) * FINE) / FINE, dtype=np.float32)


def best(choices: Iterable[tuple[Any, float]], base: float) -> tuple[Any, float]:
    """The choice with the highest quality; None, with ``base``, where none is above it."""
    found = max(choices, key=lambda one: one[1])
    return found if found[1] > base else (None, base)
