"""What is decided by now, and about how many more judgments the rest takes.

With every judgment that comes in, the expected difference of two systems moves as a random walk does, whose variance
grows from 0 to that of the whole pool. So its score may be looked at after each judgment: where the systems are equal,
it ever exceeds a level twice as often at most as it does at the end (the reflection principle; O'Brien and Fleming,
Biometrics 1979, look so a few times). The level is therefore that of half the error.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

import numpy as np
from scipy.special import ndtri  # scipy.stats takes a second to import

from itemvec.core.arrays import Doubles, Ints
from itemvec.judging.estimate import Estimate
from itemvec.judging.pool import Pool

LEVEL = 0.05
LEAST = 0.02  # share of what can be known, from which a trend is worth a word
MOST = 100  # times the queries there are: beyond it "no number of queries" is the honest answer


@dataclass(frozen=True)
class Contrast:
    """The leading system against another.

    best, other
        Their places among the systems.
    difference
        Expected, of nDCG.
    known
        Share of the variance of the difference that the judgments so far explain; 1 where all is judged.
    score
        The difference over the standard error that it has when all is judged.
    critical
        What ``score`` must exceed.
    more
        About how many more judgments decide; 0 where it is decided or the pool will not do.
    queries
        About how many queries in all would decide, all judged; 0 where the pool does, or no number would.
    """

    best: int
    other: int
    difference: float
    known: float
    score: float
    critical: float
    more: int = 0
    queries: int = 0

    @property
    def decided(self) -> bool:
        """Whether the leading system is shown to be better."""
        return self.score > self.critical


def contrasts(found: Estimate, pool: Pool, order: Ints) -> list[Contrast]:
    """The leading system against each other one, the closest first.

    Parameters
    ----------
    order
        Pairs in the order in which they would be asked, positions.
    """
    n_systems = len(pool.systems)
    if n_systems < 2 or len(found.ndcg) < 2:
        return []
    best = int(found.ndcg.mean(axis=0).argmax())
    critical = float(-ndtri(LEVEL / 4 / (n_systems - 1)))
    others = [other for other in range(n_systems) if other != best]
    return sorted((_contrast(found, pool, order, best, other, critical) for other in others), key=lambda one: one.score)


def _contrast(found: Estimate, pool: Pool, order: Ints, best: int, other: int, critical: float) -> Contrast:
    differences = found.ndcg[:, best] - found.ndcg[:, other]
    n_queries = len(differences)
    seen, still = float(np.var(differences, ddof=1)), float(found.open_variance(best, other, pool).mean())
    known = seen / (seen + still) if still > 0 else 1.0
    mean = float(differences.mean())
    score = mean / max(((seen + still) / n_queries) ** 0.5, 1e-12)
    one = Contrast(best, other, mean, known, score, critical)
    if one.decided or known < LEAST or score <= 0:
        return one
    at_end = score / known  # the walk goes on as it did
    share = critical / at_end  # of what can be known, that would decide
    if share <= 1:
        more = _judgments(found, order, best, other, (share - known) / max(1 - known, 1e-12))
        return Contrast(best, other, mean, known, score, critical, more=more)
    queries = ceil(n_queries * (1.96 / at_end) ** 2)  # looked at once
    return Contrast(best, other, mean, known, score, critical, queries=queries if queries < MOST * n_queries else 0)


def _judgments(found: Estimate, order: Ints, best: int, other: int, share: float) -> int:
    """How many of the next judgments explain this share of the variance that is left."""
    gained: Doubles = found.variance[order] * (found.weights[order, best] - found.weights[order, other]) ** 2
    reached = np.cumsum(gained) / max(gained.sum(), 1e-12)
    return int(np.searchsorted(reached, min(max(share, 0.0), 1.0)) + 1)


def leading(found: list[Contrast], n_systems: int) -> list[int]:
    """Systems that are not decided to be worse than the leading one."""
    if not found:
        return list(range(n_systems))
    return [found[0].best, *(one.other for one in found if not one.decided)]


def sentences(found: list[Contrast], systems: list[str], n_judged: int) -> list[str]:
    """What is decided by now, a sentence for each other system, the closest first."""
    if not found:
        return ["One system alone: there is nothing to decide."]
    said = []
    for one in found:
        names = f"{systems[one.best]} against {systems[one.other]}"
        if one.decided:
            said.append(f"{names}: decided, better by about {one.difference:.3f}")
        elif one.known >= 1 - 1e-9:
            more = f"; about {one.queries:,} queries in all would show one" if one.queries else ""
            said.append(f"{names}: all is judged, and no difference is shown{more}")
        elif one.more:
            said.append(f"{names}: {one.more:,} more")
        elif one.queries:
            said.append(f"{names}: these queries will hardly decide; about {one.queries:,} queries would")
        elif n_judged < 10 or one.known < LEAST:
            said.append(f"{names}: too early to say")
        else:
            said.append(f"{names}: no difference in sight")
    return said
