"""A judge who answers from judgments that are there, in some order, until `itemvec judge` says that it is decided."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from itemvec.core.arrays import Doubles, Ints
from itemvec.judging.contrasts import Contrast, contrasts, leading
from itemvec.judging.estimate import estimate
from itemvec.judging.measured import Rule, shown_better
from itemvec.judging.order import next_pairs, priorities
from itemvec.judging.pool import Pool

K, LOOK = 10, 10
RULE = Rule(K, draws=1999)
ORDERS = ("active", "active, --whole", "random pairs", "random queries")


@dataclass(frozen=True)
class Outcome:
    """One judge on one draw.

    judgments, sign
        After how many the page decided, and for the first (1) or the second system (-1); None and 0 where it never did.
    settled
        After how many the rest would hardly change it.
    then
        What `dvc repro` says at that moment, with all that is not judged as not relevant.
    verdict
        What it says once all is judged.
    measured, true
        The difference that `dvc repro` measures at that moment, and once all is judged.
    """

    judgments: int | None
    sign: int
    settled: int | None
    then: int
    pool: int
    verdict: int
    measured: float
    true: float


def verdict(pool: Pool, gains: Doubles) -> int:
    """1 or -1 where `dvc repro` shows the first or the second system to be better, else 0."""
    found = [bool(shown_better(pool, gains, best, RULE)[1 - best]) for best in (0, 1)]
    return int(found[0]) - int(found[1])


def difference(pool: Pool, gains: Doubles) -> float:
    """Of the first and the second system, as `dvc repro` measures it."""
    known = np.nan_to_num(gains)
    values = estimate(pool, known, K).ndcg[RULE.counts(pool, known)]
    return float((values[:, 0] - values[:, 1]).mean())


def judged(pool: Pool, gains: Doubles, order: str, rng: np.random.Generator) -> Outcome:
    """Let one judge answer until the page says that it is decided, or all is judged."""
    known, queue, at, last = np.full(len(pool), np.nan), _queue(pool, order, rng), 0, None
    end, next_look, settled = verdict(pool, gains), LOOK, None
    found = estimate(pool, known, K)
    states: list[Contrast] = []
    lead = leading(states, len(pool.systems))
    while at < len(pool):
        if order.startswith("active"):
            whole, free = order != ORDERS[0] or len(lead) < 2, np.flatnonzero(np.isnan(known))
            some = next_pairs(pool, priorities(found, pool, states), free, last, LOOK, whole)
            last = int(pool.query[some[0]])
        else:
            some = queue[at : at + LOOK]
        some = some[: next_look - at]
        known[some] = gains[some]
        at += len(some)
        found = estimate(pool, known, K)
        if at >= next_look or at == len(pool):
            next_look += LOOK
            states = contrasts(found, pool, known, RULE)
            state = states[0]
            settled = at if settled is None and state.settled else settled
            if state.decided:
                sign = 1 if state.best == 0 else -1
                now = verdict(pool, known), len(pool), end, difference(pool, known)
                return Outcome(at, sign, settled, *now, difference(pool, gains))
            lead = leading(states, len(pool.systems))
    whole_difference = difference(pool, gains)
    return Outcome(None, 0, settled, end, len(pool), end, whole_difference, whole_difference)


def _queue(pool: Pool, order: str, rng: np.random.Generator) -> Ints:
    """All pairs at random; or queries at random, each judged to its end."""
    if order == "random queries":
        place = rng.permutation(int(pool.query.max()) + 1)[pool.query]
        return np.lexsort((rng.random(len(pool)), place))
    return rng.permutation(len(pool))
