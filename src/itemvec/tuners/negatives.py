"""Negatives: items that a query is taught to be far from, and an audit of how they were chosen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from itemvec.core.arrays import Doubles, Floats, Ints
from itemvec.core.top_k import top_k
from itemvec.tuners.base import Lesson

Source = Literal["in-batch", "random", "bm25", "hard"]
# From a text of a query and texts of items to a score of each: what a guide thinks of them.
Guide = Callable[[str, Sequence[str]], Doubles]
DEEPER = 10  # candidates for each negative that is asked for


@dataclass
class Audit:
    """What became of the candidates.

    looked_at
        Candidates, over all queries.
    relevant, close, guided
        Thrown out because people judged them relevant; because they score nearly like what is relevant; because the
        guide says so of them.
    kept, refused
        Negatives, and those of them that people judged not relevant.
    counts
        Negatives of each query.
    """

    looked_at: int = 0
    relevant: int = 0
    close: int = 0
    guided: int = 0
    kept: int = 0
    refused: int = 0
    counts: list[int] = field(default_factory=list)

    def facts(self, asked_for: int) -> dict[str, Any]:
        """For the results. ``judged_relevant`` is the share of the candidates that people judged relevant."""
        counts = np.asarray(self.counts or [0])
        return {
            "looked_at": self.looked_at,
            "thrown_out": {"judged_relevant": self.relevant, "too_close": self.close, "guide": self.guided},
            "judged_relevant": self.relevant / max(self.looked_at, 1),
            "kept": self.kept,
            "judged_irrelevant": self.refused,
            "kept_per_query": {"least": int(counts.min()), "mean": float(counts.mean())},
            "queries_with_too_few": int(np.count_nonzero(counts < asked_for)),
        }


@dataclass(frozen=True)
class Miner:
    """How negatives are chosen.

    source
        ``hard``: the nearest by the vectors of the moment (ANCE, 2007.00808); ``bm25``: those that share words;
        ``random``: any; ``in-batch``: none are mined, the answers of other queries are.
    count
        For each query.
    margin
        A candidate is thrown out if it scores above the mean of what is relevant, less this share of it (NV-Retriever,
        2407.15831).
    guide
        Throws out likewise, by its own scores (RocketQA, 2010.08191).
    """

    source: Source = "hard"
    count: int = 4
    margin: float = 0.05
    guide: Guide | None = None

    def mine(
        self, lesson: Lesson, queries: Floats, items: Floats, rng: np.random.Generator, among: Ints | None = None
    ) -> tuple[Ints, dict[str, Any]]:
        """Negatives of each query of ``lesson.train``, int64 of shape (n, count), -1 where there are too few; an audit.

        What people judged not relevant comes first. What they judged relevant, and a hidden item, is never taken.

        Parameters
        ----------
        queries, items
            Vectors of the moment, of unit length.
        among
            Positions of the items that hard negatives are taken from; by default all.
        """
        audit, asked = Audit(), lesson.train
        found = np.full((len(asked), self.count), -1, dtype=np.int64)
        if self.source == "in-batch":
            return found, audit.facts(0)
        candidates = self._candidates(lesson, queries, items, rng, among)
        for row in range(len(asked)):
            scores = items @ queries[row]
            kept = self._kept(lesson, row, candidates[row], scores, audit)[: self.count]
            found[row, : len(kept)] = kept
            audit.counts.append(len(kept))
            audit.kept += len(kept)
            audit.refused += int(np.isin(kept, asked.refused(row)).sum())
        return found, audit.facts(self.count)

    def _candidates(
        self, lesson: Lesson, queries: Floats, items: Floats, rng: np.random.Generator, among: Ints | None
    ) -> Sequence[Ints]:
        among = np.arange(len(items)) if among is None else among
        depth = min(DEEPER * self.count, len(among))
        if self.source == "random":
            return [rng.choice(len(items), depth, replace=False) for _ in range(len(queries))]
        if self.source == "bm25":
            if lesson.words is None:
                raise ValueError("bm25 negatives need the words of the items")
            return [row[row >= 0] for row in lesson.words(lesson.train.texts, depth)]
        blocks = np.array_split(np.arange(len(queries)), max(1, len(queries) // 256))
        return [row for rows in blocks for row in among[top_k(queries[rows] @ items[among].T, depth).positions]]

    def _kept(self, lesson: Lesson, row: int, candidates: Ints, scores: Floats, audit: Audit) -> Ints:
        asked = lesson.train
        relevant, refused = asked.of(row), asked.refused(row)
        refused = refused[np.argsort(-scores[refused], kind="stable")]
        candidates = candidates[~np.isin(candidates, refused)]
        audit.looked_at += len(refused) + len(candidates)
        never = np.isin(candidates, relevant)
        audit.relevant += int(never.sum())
        candidates = candidates[~never]
        if asked.hidden is not None:
            candidates = candidates[candidates != asked.hidden[row]]
        near = self._near(scores[candidates], scores[relevant])
        audit.close += int(near.sum())
        candidates = candidates[~near]
        if self.guide is not None and len(candidates):
            texts = [lesson.item_texts[place] for place in [*relevant.tolist(), *candidates.tolist()]]
            said = self.guide(asked.texts[row], texts)
            near = self._near(said[len(relevant) :], said[: len(relevant)])
            audit.guided += int(near.sum())
            candidates = candidates[~near]
        return np.concatenate([refused, candidates])

    def _near(self, scores: Any, positive: Any) -> NDArray[np.bool_]:
        """Whether scores come close to those of what is relevant; the sign of a score does not matter."""
        mean = float(np.mean(positive))
        return np.asarray(scores > mean - self.margin * abs(mean))
