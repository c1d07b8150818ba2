"""What a race of models is run on: queries in random order, and pools of items that are hard for them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from itemvec.core.arrays import Doubles, Floats, Ids, Ints
from itemvec.core.top_k import NOTHING, Top
from itemvec.retrievers import Entries
from itemvec.retrievers.exact import Exact
from itemvec.stages.trial import Part

DEPTHS = (10, 5, 3)  # how many of the hardest items of each query, at most; the deepest that fits
RANDOM = 0.005  # share of the catalogue that is in the pool at random


@dataclass(frozen=True)
class Course:
    """The queries, what is relevant to them, and which items are hard.

    hard
        What BM25 finds: positions of items, int64 of shape (n_queries, depth), ``NOTHING`` where a rank is empty.
    metric, depth
        What is compared, and how many items are ranked for it.
    tolerance
        Share of the best mean that a cheaper model may lose.
    """

    test: Part
    items: Ids
    hard: Ints
    metric: str
    depth: int
    tolerance: float
    seed: int
    depths: tuple[int, ...] = DEPTHS
    random: float = RANDOM

    @cached_property
    def _order(self) -> Ints:
        """The queries with a judgment, in random order."""
        return np.random.default_rng([self.seed, 0]).permutation(np.unique(self.test.rows))

    @cached_property
    def _any(self) -> Ints:
        """Items at random: the same at every look."""
        rng = np.random.default_rng([self.seed, 1])
        return rng.permutation(len(self.items))[: round(self.random * len(self.items))]

    def first(self, share: float) -> Ints:
        """The first queries in random order, positions among all test queries, ascending."""
        return np.sort(self._order[: max(2, round(share * len(self._order)))])

    def judged(self, queries: Ints) -> NDArray[np.bool_]:
        """Which judgments are of these queries, bool of shape (n_judgments,)."""
        return np.isin(self.test.rows, queries)

    def pool(self, before: Ints, queries: Ints, depth: int) -> Ints:
        """Items to rank: those of ``before``, what is relevant, the hardest ``depth`` of each query, and some others.

        Where rankings are reduced to what was judged, that is in the pool as well.
        """
        judgments = self.test.judgments
        relevant = judgments.items[np.repeat(self.judged(queries), np.diff(judgments.offsets))]
        hard = self.hard[queries, :depth].ravel()
        judged = self.test.judged[np.isin(self.test.judged // self.test.n_items, queries)] % self.test.n_items
        parts = [before, relevant, self._any, hard, *([judged] if self.test.skip else [])]
        found: Ints = np.setdiff1d(np.concatenate(parts), [NOTHING])
        return found

    def values(self, pool: Ints, queries: Ints, items: Floats, asked: Floats) -> Doubles:
        """The metric of each judgment of ``queries``, by exact cosine over the pool, float64.

        Parameters
        ----------
        items, asked
            Vectors of the pool and of the queries.
        """
        retrieve = Exact().index(Entries(self.items.take(pa.array(pool)), None, [items]))
        deeper = self.depth + (self.test.hidden is not None)
        top = retrieve(Entries(self.test.queries.ids.take(pa.array(queries)), None, [asked]), deeper)
        n_queries = len(self.test.queries)
        positions = np.full((n_queries, deeper), NOTHING)
        scores = np.full((n_queries, deeper), -np.inf, dtype=np.float32)
        positions[queries] = np.where(top.positions == NOTHING, NOTHING, pool[top.positions])
        scores[queries] = top.scores
        whole = self.test.shown(Top(positions, scores), self.depth)
        return self.test.quality(whole, self.metric)[self.judged(queries)]
