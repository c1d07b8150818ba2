"""Which pair to ask next: the one that may change most what is open between the leading systems."""

from __future__ import annotations

import numpy as np

from itemvec.core.arrays import Doubles, Ints
from itemvec.judging.contrasts import Contrast, leading
from itemvec.judging.estimate import Estimate
from itemvec.judging.pool import Pool

LITTLE = 1e-12  # against what may decide
STAY = 0.5  # share of the highest worth, from which another item of the same query is asked before another query


def worth(found: Estimate, lead: list[int]) -> Doubles:
    """By how much a judgment of each pair lowers the variance of the differences of the leading systems, float64.

    It is the sum over all pairs of these systems, up to a factor; 0 where a pair is judged.
    """
    weights = found.weights[:, lead]
    apart = np.square(weights - weights.mean(axis=1, keepdims=True)).sum(axis=1)
    return np.asarray(found.variance * apart, dtype=np.float64)


def misjudged(found: Estimate, pool: Pool, best: int, others: list[int]) -> Doubles:
    """By how much `dvc repro` misjudges the query of each pair, for each pair that is open there; float64, 0 if judged.

    It counts what nobody judged as not relevant, and so leaves what is expected of it out of the difference of the
    leading system and the others. Where one system alone leads, these queries are finished first, whichever it favours.
    """
    is_open = (found.variance > 0).astype(np.float64)
    expected, missing = is_open * found.expected, np.zeros(len(pool.asked))
    for other in others:
        missing += np.abs(pool.sums(expected * (found.weights[:, best] - found.weights[:, other])))
    each = missing / np.maximum(pool.sums(is_open), 1)
    return np.asarray(is_open * (each[pool.row] + LITTLE * found.weights.max(axis=1)), dtype=np.float64)


def priorities(found: Estimate, pool: Pool, states: list[Contrast]) -> Doubles:
    """What the next judgment is chosen by, float64 of shape (n_pairs,); 0 where a pair is judged."""
    lead = leading(states, len(pool.systems))
    if len(lead) > 1:
        return worth(found, lead)
    waiting = [one.other for one in states if not one.decided]
    return misjudged(found, pool, lead[0], waiting or [one.other for one in states])


def next_pairs(pool: Pool, values: Doubles, free: Ints, current: int | None, most: int, whole: bool = False) -> Ints:
    """Up to ``most`` pairs of one query, the worthiest first; empty where none is free.

    Parameters
    ----------
    values
        As ``priorities`` gives them.
    free
        Positions of the pairs that may be asked, ascending.
    current
        The query that was asked last: people read a query once for several items.
    whole
        Ask all pairs of a query before the next one, those first of which some are judged: then what is measured on
        the judged queries does not depend on what nobody judged.
    """
    if not len(free):
        return free
    chosen = _whole_query(pool, values, free, current) if whole else _query(pool, values, free, current)
    own = free[pool.query[free] == chosen]
    own = own[np.argsort(-values[own], kind="stable")]
    n = most if whole else min(most, int(np.count_nonzero(values[own] >= STAY * values[own[0]])))
    return np.asarray(own[:n], dtype=np.int64)


def _query(pool: Pool, values: Doubles, free: Ints, current: int | None) -> int:
    """That of the worthiest pair, or the current one while it has a pair that is worth half as much."""
    if current is not None:
        own = free[pool.query[free] == current]
        if len(own) and values[own].max() >= STAY * values[free].max():
            return current
    return int(pool.query[free[values[free].argmax()]])


def _whole_query(pool: Pool, values: Doubles, free: Ints, current: int | None) -> int:
    """The current one while it has a pair, else one that was begun, else the one whose pairs are worth most."""
    if current is not None and current in pool.query[free]:
        return current
    is_free = np.zeros(len(pool))
    is_free[free] = 1.0
    left, pairs = pool.sums(is_free), pool.sums(np.ones(len(pool)))
    score = np.where(left > 0, pool.sums(values * is_free) / np.maximum(left, 1), -1.0)
    begun = (left > 0) & (left < pairs)
    score = np.where(begun, score + score.max() + 1, score)
    return int(pool.asked[score.argmax()])
