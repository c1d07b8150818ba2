"""What is decided by now, and about how many more judgments the rest takes.

"Decided" means two things at once: more judgments of the pool will hardly change that the system is shown to be better
(``Walk``), and `dvc repro` shows it already, though it counts what nobody judged as not relevant.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import isfinite

import numpy as np

from itemvec.core.arrays import Doubles, Ints
from itemvec.judging.estimate import Estimate
from itemvec.judging.measured import Rule, shown_better
from itemvec.judging.pool import Pool
from itemvec.judging.walk import LEAST, Walk
from itemvec.metrics import units_needed

MOST = 100  # times the queries there are: beyond it "no number of queries" is the honest answer
STEPS = 20  # at which it is looked when a trend will decide


@dataclass(frozen=True)
class Contrast:
    """The leading system against another.

    best, other
        Their places among the systems.
    difference
        Of nDCG, by the trend so far.
    known
        Share of the variance of the difference that the judgments so far explain; 1 where all is judged.
    margin
        By how much the score that all judgments would have, unless they are among the ``1 - SURE`` worst, exceeds what
        the test asks for.
    measured
        Whether `dvc repro` shows it by now.
    interval
        Of the difference by all judgments, at the level of the test; None where it was not asked for.
    more
        About how many more judgments decide; 0 where it is decided or the pool will not do.
    queries
        About how many queries in all would decide, all judged; 0 where the pool does, or no number would.
    """

    best: int
    other: int
    difference: float
    known: float
    margin: float
    measured: bool = False
    interval: tuple[float, float] | None = None
    more: int = 0
    queries: int = 0

    @property
    def complete(self) -> bool:
        """Whether nothing is open that could change the difference."""
        return self.known >= 1 - 1e-9

    @property
    def settled(self) -> bool:
        """Whether the rest of the judgments will hardly change which of the two is shown to be better."""
        return self.margin > 0

    @property
    def decided(self) -> bool:
        """Whether the leading system is shown to be better, here and by `dvc repro`."""
        return self.measured and self.settled


def contrasts(found: Estimate, pool: Pool, gains: Doubles, rule: Rule, order: Ints | None = None) -> list[Contrast]:
    """The leading system against each other one, the closest first.

    Parameters
    ----------
    found, gains
        What is expected, and what is judged: NaN where nobody did.
    order
        Pairs in the order in which they would be asked, positions; None if how many more decide is not asked for.
    """
    n_systems = len(pool.systems)
    counted = rule.counts(pool, np.where(np.isnan(gains), 1.0, gains))
    if n_systems < 2 or counted.sum() < 2:
        return []
    best = int(found.ndcg[counted].mean(axis=0).argmax())
    others = [other for other in range(n_systems) if other != best]
    walks = {other: Walk.of(found, pool, best, other, counted) for other in others}
    states = [Contrast(best, other, one.trend, one.known, float(one.margins()[0])) for other, one in walks.items()]
    if any(one.settled or one.complete for one in states):
        measured = shown_better(pool, gains, best, rule)
        states = [replace(one, measured=bool(measured[one.other])) for one in states]
    if order is not None:
        states = [replace(one, interval=walks[one.other].interval()) for one in states]
        states = [one if one.decided else _forecast(one, walks[one.other], found, pool, gains, order) for one in states]
    return sorted(states, key=lambda one: (one.decided, one.margin))


def _forecast(one: Contrast, walk: Walk, found: Estimate, pool: Pool, gains: Doubles, order: Ints) -> Contrast:
    """With how many more judgments, or queries, decide."""
    left = unfinished(pool, gains)
    if one.settled:
        return replace(one, more=left or len(order))
    if one.known < LEAST or one.difference <= 0:
        return one
    if not one.complete:
        shares = np.linspace(0, 1, STEPS + 1)[1:]
        enough = walk.margins(shares) > 0
        if enough.any():
            gained = found.variance[order] * (found.weights[order, one.best] - found.weights[order, one.other]) ** 2
            reached = np.cumsum(gained) / max(gained.sum(), 1e-12)
            return replace(one, more=int(min(np.searchsorted(reached, shares[enough][0]) + 1, len(order))))
    n_queries = len(walk.differences)
    needed = units_needed(walk.at_end(walk.trend), walk.critical[0])
    return replace(one, queries=int(needed) if isfinite(needed) and n_queries < needed < MOST * n_queries else 0)


def unfinished(pool: Pool, gains: Doubles) -> int:
    """Pairs that nobody judged, of queries of which somebody judged one."""
    left, pairs = pool.sums(np.isnan(gains).astype(np.float64)), pool.sums(np.ones(len(pool)))
    return int(left[left < pairs].sum())


def leading(found: list[Contrast], n_systems: int) -> list[int]:
    """The leading system, and those of which more judgments may still change whether it is better."""
    if not found:
        return list(range(n_systems))
    return [found[0].best, *(one.other for one in found if not one.settled)]
