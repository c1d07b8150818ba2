"""Tuning of queries by gradient: a residual map of low rank, trained to tell what is relevant from what is not."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from itemvec.core.arrays import Floats, Ints
from itemvec.core.options import NaturalFloat, Positive, PositiveFloat
from itemvec.core.top_k import top_k
from itemvec.reducers.base import REDUCERS, Map, Sample, Transform, unit
from itemvec.reducers.held_out import HeldOut, rounded

EVERY = 10  # steps between two looks at the queries that are held out


@REDUCERS.register("low-rank")
@dataclass(frozen=True)
class LowRank:
    """Add to each query a map of it of low rank, trained by InfoNCE; items stay as they are.

    A query q becomes the unit vector along ``q + B A q``. It is trained to be closer to one of its relevant items than
    to those of other queries, and to the nearest items that were not judged relevant to it. A fifth of the queries that
    may decide, by ``search.split``, is held out: they say after how many steps training ends, and step 0, which changes
    nothing, is one of the choices. The catalogue is held in memory.

    Parameters
    ----------
    rank
        Rows of A and columns of B.
    steps
        Most steps of training, each on all training queries.
    learning_rate
        Of AdamW.
    temperature
        Cosines are divided by it.
    negatives
        Nearest items not judged relevant, for each query.
    margin
        A query whose relevant item is closer than all others by this much, in cosines, is left alone.
    """

    rank: Positive = 16
    steps: Positive = 200
    learning_rate: PositiveFloat = 0.003
    temperature: PositiveFloat = 0.05
    negatives: Positive = 8
    margin: NaturalFloat = 0.1

    def fit(self, sample: Sample, rng: np.random.Generator) -> Transform:
        """Train on four fifths of the queries that may decide, as many steps as is best for the others."""
        held = HeldOut.of("low-rank", sample, rng)
        rows, others = np.flatnonzero(held.folds != 0), held.folds == 0
        before = held.quality(held.queries)[others].mean()
        reached, at, found = float(before), 0, None
        for step, mapped in self._train(held, rows, rng):
            after = float(held.quality(mapped(held.queries))[others].mean())
            if after > reached:
                reached, at, found = after, step, mapped
        facts = {"queries": len(held.queries), "left_out": held.repeated, "before": float(before)}
        facts |= {"after": reached, "steps": at}
        transform = Transform.floats(sample.dim, _unchanged, found or _unchanged)
        return replace(transform, facts={"tuned": facts})

    def _train(self, held: HeldOut, rows: Ints, rng: np.random.Generator) -> Any:
        """Yield the number of steps and the map after every ``EVERY`` of them."""
        import torch
        from torch.nn.functional import normalize

        dim = held.queries.shape[1]
        queries = torch.from_numpy(held.queries[rows])
        negatives = torch.from_numpy(held.items[self._nearest(held, rows)])  # (n, negatives, dim)
        start = rng.standard_normal((self.rank, dim)).astype(np.float32) / np.float32(dim**0.5)
        down, up = torch.from_numpy(start).requires_grad_(), torch.zeros((dim, self.rank), requires_grad=True)
        optimizer = torch.optim.AdamW([down, up], lr=self.learning_rate)
        for step in range(1, self.steps + 1):
            positive = _drawn(held, rows, rng)
            items = torch.from_numpy(held.items[positive])
            mapped = normalize(queries + queries @ down.T @ up.T, dim=1)
            among = mapped @ items.T
            among[_relevant(held, rows, positive)] = -torch.inf  # relevant to both: no negative
            right = (mapped * items).sum(dim=1)
            hard = torch.einsum("nd,nkd->nk", mapped, negatives)
            wrong = torch.cat([among, hard], dim=1)
            losses = torch.logsumexp(torch.cat([right[:, None], wrong], dim=1) / self.temperature, dim=1)
            losses = losses - right / self.temperature
            active = right < wrong.max(dim=1).values + self.margin
            if not bool(active.any()):
                break
            optimizer.zero_grad()
            losses[active].mean().backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            if step % EVERY == 0:
                yield step, _map(down.detach().numpy().copy(), up.detach().numpy().copy())

    def _nearest(self, held: HeldOut, rows: Ints) -> Ints:
        """The nearest items that were not judged relevant to each query, int64 of shape (n, negatives)."""
        judged, found = held.judged, []
        for row in rows.tolist():
            scores = held.queries[row] @ held.items.T
            scores[judged.items[judged.offsets[row] : judged.offsets[row + 1]]] = -2.0
            found.append(top_k(scores[None], self.negatives).positions[0])
        return np.asarray(found, dtype=np.int64)


def _drawn(held: HeldOut, rows: Ints, rng: np.random.Generator) -> Ints:
    """One relevant item of each query, the likelier the higher its gain."""
    judged = held.judged
    ends = np.concatenate([[0.0], np.cumsum(judged.gains)])
    low, high = ends[judged.offsets[rows]], ends[judged.offsets[rows + 1]]
    place = np.searchsorted(ends, low + (high - low) * rng.random(len(rows)), side="right") - 1
    found: Ints = judged.items[np.clip(place, judged.offsets[rows], judged.offsets[rows + 1] - 1)]
    return found


def _relevant(held: HeldOut, rows: Ints, items: Ints) -> Any:
    """Whether each of ``items`` is relevant to each query, bool tensor of shape (n, n)."""
    import torch

    judged = held.judged
    width = len(held.items)
    whose = np.repeat(np.arange(len(judged.offsets) - 1), np.diff(judged.offsets))
    return torch.from_numpy(np.isin(rows[:, None] * width + items[None, :], whose * width + judged.items))


def _map(down: Floats, up: Floats) -> Map:
    def transform(vectors: Floats) -> Floats:
        queries = unit(vectors).astype(np.float64)
        return rounded(np.asarray(queries + queries @ down.T.astype(np.float64) @ up.T))

    return transform


def _unchanged(vectors: Floats) -> Floats:
    return np.array(vectors, dtype=np.float32)
