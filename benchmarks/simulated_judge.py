"""A judge who answers from judgments that are there, in some order, until `itemvec judge` says that it is decided."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from itemvec.core.arrays import Doubles, Ints
from itemvec.judging.contrasts import contrasts, leading
from itemvec.judging.estimate import estimate
from itemvec.judging.order import next_pairs, worth
from itemvec.judging.pool import Pool
from itemvec.metrics import DETERMINISTIC, compare_family

K, LOOK = 10, 10
ORDERS = ("active", "active, --whole", "random pairs", "random queries")


@dataclass(frozen=True)
class Outcome:
    """One judge on one draw.

    judgments, sign
        After how many the page decided, and for the first (1) or the second system (-1); None and 0 where the pool
        ended first.
    then, skipped
        What the paired test says at that moment: with all that is not judged as not relevant, or taken out.
    verdict
        What it says once all is judged.
    """

    judgments: int | None
    sign: int
    then: int
    skipped: int
    pool: int
    verdict: int


def verdict(pool: Pool, gains: Doubles, seed: int) -> int:
    """1 or -1 where the first or the second system is shown better on all judgments, else 0: of queries with a hit."""
    found = estimate(pool, gains, K)
    hit = pool.sums(gains) > 0
    differences = (found.ndcg[:, 0] - found.ndcg[:, 1])[hit]
    return int(compare_family(differences[:, None], [DETERMINISTIC], seed, draws=1999).shown[0])


def condensed(pool: Pool, known: Doubles) -> Pool:
    """The pairs that are judged, the ranks of each system closed up."""
    some = pool.take(np.flatnonzero(~np.isnan(known)))
    ranks = np.zeros_like(some.ranks)
    for system, column in enumerate(some.ranks.T):
        order = np.lexsort((np.where(column > 0, column, K + 1), some.query))
        place = np.arange(len(order)) - np.searchsorted(some.query, some.query[order])
        ranks[order, system] = np.where(column[order] > 0, place + 1, 0)
    return replace(some, ranks=ranks)


def judged(pool: Pool, gains: Doubles, order: str, rng: np.random.Generator) -> Outcome:
    """Let one judge answer until the page says that it is decided, or all is judged."""
    known, queue, at, last = np.full(len(pool), np.nan), _queue(pool, order, rng), 0, None
    end, next_look = verdict(pool, gains, 1), LOOK
    found = estimate(pool, known, K)
    lead = list(range(len(pool.systems)))
    while at < len(pool):
        if order.startswith("active"):
            some = next_pairs(pool, worth(found, lead), np.flatnonzero(np.isnan(known)), last, LOOK, order != ORDERS[0])
            last = int(pool.query[some[0]])
        else:
            some = queue[at : at + LOOK]
        some = some[: next_look - at]
        known[some] = gains[some]
        at += len(some)
        found = estimate(pool, known, K)
        if at >= next_look or at == len(pool):
            next_look += LOOK
            states = contrasts(found, pool, np.arange(0))
            if states[0].decided:
                then = verdict(pool, np.nan_to_num(known), 1)
                sign = 1 if states[0].best == 0 else -1
                return Outcome(
                    at, sign, then, verdict(condensed(pool, known), known[~np.isnan(known)], 1), len(pool), end
                )
            lead = leading(states, len(pool.systems))
    return Outcome(None, 0, end, end, len(pool), end)


def _queue(pool: Pool, order: str, rng: np.random.Generator) -> Ints:
    """All pairs at random; or queries at random, each judged to its end."""
    if order == "random queries":
        place = rng.permutation(int(pool.query.max()) + 1)[pool.query]
        return np.lexsort((rng.random(len(pool)), place))
    return rng.permutation(len(pool))
