"""Removal of degrading dimensions: those without which search is better."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from itemvec.core.errors import ParamsError
from itemvec.core.options import Dim
from itemvec.metrics.leave_one_dimension_out import attribute
from itemvec.reducers.base import REDUCERS, Sample, Transform

LEAST = 10  # distinct queries that choosing needs


@REDUCERS.register("drop-degrading")
@dataclass(frozen=True)
class DropDegrading:
    """Drop each dimension without which nDCG@10 by cosine is higher (arXiv 2508.17744).

    The queries that decide are those that are not for testing, by ``search.split``. Where all queries are for testing,
    one half of them decides and is still counted in the results: use ``split: {validation: 0.5}`` to keep the two
    apart. This kind alone needs judgments, and the catalogue in memory.

    Parameters
    ----------
    dim
        Keep this many dimensions, the best; by default all that do not harm.
    """

    dim: Dim | None = None

    def fit(self, sample: Sample, rng: np.random.Generator) -> Transform:  # noqa: ARG002  (exact)
        """Measure search without each dimension, one at a time."""
        trial = sample.trial() if sample.trial else None
        if trial is None or not len(trial.queries):
            raise ParamsError("reducer drop-degrading: the data set has no judged queries; choose another reducer")
        if (distinct := len(np.unique(trial.queries, axis=0))) < LEAST:
            raise ParamsError(
                f"reducer drop-degrading: {distinct} different queries are too few to choose by; {LEAST} are the least"
            )
        found = attribute(trial.queries, np.concatenate(list(sample.batches)), trial.judged, hidden=trial.hidden)
        harm = found.without.mean(axis=0) - found.full.mean()  # (dim,)
        kept = np.flatnonzero(harm <= 0)
        if self.dim is not None or not len(kept):
            kept = np.sort(np.argsort(harm, kind="stable")[: sample.keep("drop-degrading", self.dim or 1)])
        return Transform.floats(len(kept), lambda vectors: np.ascontiguousarray(vectors[:, kept]))
