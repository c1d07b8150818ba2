"""Tuning by gradient: a residual map of low rank, trained to tell what is relevant from what is not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np

from itemvec.core.arrays import Floats, Ints
from itemvec.core.options import Natural, NaturalFloat, Positive, PositiveFloat
from itemvec.tuners.asked import Asked
from itemvec.tuners.base import TUNERS, Lesson, Role, Setting, Tuned, grid, rounded, unit, write_arrays
from itemvec.tuners.negatives import Miner, Source

EVERY = 10  # steps between two looks at the validation queries
BATCH = 512  # queries of a step, at most
TRIED = grid(
    learning_rate=(0.003, 0.001, 0.003, 0.01, 0.0003, 0.001, 0.01, 0.003),
    temperature=(0.05, 0.05, 0.02, 0.05, 0.05, 0.02, 0.02, 0.1),
)


@TUNERS.register("low-rank")
@dataclass(frozen=True)
class LowRank:
    """Add to each vector a map of it of low rank, trained by InfoNCE.

    A vector v becomes the unit vector along ``v + B A v``. It is trained so that a query is closer to one of its
    relevant items than to those of other queries, and to negatives that are mined for it. The validation queries say
    after how many steps training ends, and step 0, which changes nothing, is one of the choices.

    Parameters
    ----------
    rank
        Rows of A and columns of B.
    items
        Whether items are mapped too, by the same map; in histories, where queries are items, they are.
    steps
        Most steps of training, each on at most 512 queries.
    learning_rate
        Of AdamW; by default several are tried.
    temperature
        Cosines are divided by it; by default several are tried.
    source
        Where negatives come from: ``hard``, the nearest items by the vectors of the moment; ``bm25``, those that share
        words; ``random``; ``in-batch``, the answers of other queries alone.
    negatives
        For each query.
    threshold
        A candidate is no negative if it scores above the mean of what is relevant, less this share of it.
    refresh
        Steps after which hard negatives are mined anew with the weights of the moment; 0 for never.
    margin
        A query whose relevant item is closer than all others by this much, in cosines, is left alone.
    prefixes
        Lengths over whose first dimensions the loss is the mean; by default the whole length alone.
    spread
        Weight of the term that spreads vectors evenly (1708.06320, as EmbeddingGemma has it).
    """

    rank: Positive = 16
    items: bool = False
    steps: Positive = 200
    learning_rate: PositiveFloat | None = None
    temperature: PositiveFloat | None = None
    source: Source = "hard"
    negatives: Positive = 8
    threshold: NaturalFloat = 0.05
    refresh: Natural = 50
    margin: NaturalFloat = 0.1
    prefixes: list[Positive] = field(default_factory=list)
    spread: NaturalFloat = 0.0
    random: ClassVar[bool] = True

    def settings(self) -> list[dict[str, Any]]:
        """Learning rates and temperatures, the most likely first."""
        fixed = {name: getattr(self, name) for name in TRIED[0] if getattr(self, name) is not None}
        found = [one | fixed for one in TRIED]
        return [one for place, one in enumerate(found) if one not in found[:place]]

    def fit(self, lesson: Lesson, setting: Setting, seed: int) -> Tuned:
        """Train as many steps as is best for the validation queries."""
        both = self.items or lesson.both
        best, reached, at, audit = _identity(lesson), float(lesson.quality().mean()), 0, {}
        for step, down, up, said in self._train(lesson, both, setting, np.random.default_rng(seed)):
            tuned, audit = _tuned(down, up, both), said
            found = float(lesson.quality(tuned).mean())
            if found > reached:
                best, reached, at = tuned, found, step
        return Tuned(best.apply, reached, best.write, {"steps": at, "negatives": audit})

    def _train(
        self, lesson: Lesson, both: bool, setting: Setting, rng: np.random.Generator
    ) -> Iterator[tuple[int, Floats, Floats, dict[str, Any]]]:
        """Yield the number of steps, A, B and the audit of the negatives after every ``EVERY`` steps."""
        import torch

        from itemvec.tuners.contrast import contrast, spread

        asked, dim = lesson.train, lesson.items.shape[1]
        miner, audit = Miner(self.source, self.negatives, self.threshold), dict[str, Any]()
        mined: Ints = np.empty((0, 0), dtype=np.int64)
        start = rng.standard_normal((self.rank, dim)).astype(np.float32) / np.float32(dim**0.5)
        down, up = torch.from_numpy(start).requires_grad_(), torch.zeros((dim, self.rank), requires_grad=True)
        optimizer = torch.optim.AdamW([down, up], lr=float(setting["learning_rate"]))
        for step in range(1, self.steps + 1):
            if step == 1 or (self.refresh and step % self.refresh == 1 and self.source == "hard"):
                tuned = _tuned(down.detach().numpy(), up.detach().numpy(), both).apply
                now = tuned("query", asked.vectors, ()), tuned("item", lesson.items, ())
                mined, audit = miner.mine(lesson, *now, rng)
            rows = np.sort(rng.permutation(len(asked))[:BATCH])
            positive = asked.drawn(rng)[rows]
            parts = _tensors(lesson, rows, positive, mined[rows])
            queries, items, negatives = (
                _mapped(part, down, up) if both or place == 0 else part for place, part in enumerate(parts)
            )
            never = torch.from_numpy(_relevant(asked, rows, positive))
            loss = contrast(queries, items, negatives, never, float(setting["temperature"]), self.margin, self.prefixes)
            if not loss.item():
                break  # all are satisfied
            if self.spread:
                loss = loss + self.spread * spread(queries)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            if step % EVERY == 0:
                yield step, down.detach().numpy().copy(), up.detach().numpy().copy(), audit


def _tensors(lesson: Lesson, rows: Ints, positive: Ints, mined: Ints) -> Any:
    """Vectors of queries, of their items and of their negatives; a row of zeros where there is none."""
    import torch

    negatives = lesson.items[mined] * (mined >= 0)[..., None]
    return [torch.from_numpy(part) for part in (lesson.train.vectors[rows], lesson.items[positive], negatives)]


def _mapped(vectors: Any, down: Any, up: Any) -> Any:
    from torch.nn.functional import normalize

    return normalize(vectors + vectors @ down.T @ up.T, dim=-1)


def _relevant(asked: Asked, rows: Ints, items: Ints) -> Any:
    """Whether each of ``items`` is relevant to each query, or hidden from it; bool of shape (n, n)."""
    never = np.zeros((len(rows), len(items)), dtype=np.bool_)
    for place, row in enumerate(rows.tolist()):
        relevant = asked.of(row)  # ascending
        found = np.minimum(np.searchsorted(relevant, items), len(relevant) - 1)
        never[place] = relevant[found] == items
    return never if asked.hidden is None else never | (asked.hidden[rows][:, None] == items[None, :])


def _tuned(down: Floats, up: Floats, both: bool) -> Tuned:
    first, second = down.T.astype(np.float64), up.T.astype(np.float64)

    def apply(role: Role, vectors: Floats, texts: Sequence[str]) -> Floats:  # noqa: ARG001
        if role == "item" and not both:
            return vectors
        whole = unit(vectors).astype(np.float64)
        return rounded(whole + whole @ first @ second)

    return Tuned(apply, 0.0, lambda folder: write_arrays(folder, down=down, up=up))


def _identity(lesson: Lesson) -> Tuned:
    dim = lesson.items.shape[1]
    return _tuned(np.zeros((1, dim), dtype=np.float32), np.zeros((dim, 1), dtype=np.float32), False)
