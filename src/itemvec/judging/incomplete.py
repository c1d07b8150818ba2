"""Measures for judgments that are incomplete: how much is unjudged, bpref, and nDCG over what is judged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from textwrap import fill

import numpy as np

from itemvec.core.arrays import Doubles, Ints
from itemvec.core.top_k import Top
from itemvec.metrics import Judgments, Ranked, measure
from itemvec.protocol.judgments import skip_unjudged

ALLOWED = 0.05  # share of unjudged ranks above which the other measures are looked at
RANKS = 10
WIDTH = 100  # columns of a terminal


@dataclass(frozen=True)
class Incomplete:
    """Means of one system over the queries with a relevant item.

    unjudged
        Share of the first ten ranks that nobody judged.
    ndcg, condensed
        With unjudged items as not relevant, and without them (Sakai, SIGIR 2007).
    bpref
        See ``bpref``.
    """

    unjudged: float
    ndcg: float
    condensed: float
    bpref: float


def bpref(positions: Ints, judgments: Judgments, judged: Ints, n_items: int) -> Doubles:
    """Preference of relevant over judged not relevant items (Buckley and Voorhees, SIGIR 2004), float64 per query.

    ``1/R * sum over relevant items found of (1 - min(n, R, N) / min(R, N))``, where R are relevant and N judged not
    relevant, and n of the latter are ranked above. Items that nobody judged change nothing. It is 1 where nothing is
    judged not relevant and all that is relevant is found. This is what trec_eval computes.

    Parameters
    ----------
    positions
        Ranked items of the queries of ``judgments``, int64 of shape (n_queries, depth), negative where a rank is empty.
    judged
        Judged pairs, relevant or not, as query * n_items + item.
    """
    ranked = Ranked.judge(positions, judgments)
    rows = np.arange(len(positions))[:, None]
    known = np.isin(rows * n_items + positions, judged) & (positions >= 0)
    relevant = ranked.relevant(positions.shape[1])
    n_relevant = ranked.n_relevant
    n_others = np.bincount(judged // n_items, minlength=len(positions)) - n_relevant
    least = np.minimum(n_relevant, n_others)[:, None]
    above = np.minimum(np.cumsum(known & ~relevant, axis=1), least)
    shares = 1 - np.divide(above, least, out=np.zeros(above.shape), where=least > 0)
    found: Doubles = np.where(relevant, shares, 0.0).sum(axis=1) / n_relevant
    return found


def incomplete(runs: Mapping[str, Ints], judgments: Judgments, judged: Ints, n_items: int) -> dict[str, Incomplete]:
    """Measure each system.

    Parameters
    ----------
    runs
        By system, ranked items of the queries of ``judgments``, int64 of shape (n_queries, depth).
    """
    found = {}
    for name, positions in runs.items():
        top = Top(positions, np.zeros(positions.shape, dtype=np.float32))
        first = positions[:, :RANKS]
        rows = np.arange(len(first))[:, None]
        known = np.isin(rows * n_items + first, judged) & (first >= 0)
        unjudged = 1 - known.sum() / max(np.count_nonzero(first >= 0), 1)
        metric = f"ndcg@{min(RANKS, positions.shape[1])}"
        plain = measure(Ranked.judge(positions, judgments), [metric])[metric]
        condensed = measure(Ranked.judge(skip_unjudged(top, judged, n_items).positions, judgments), [metric])[metric]
        preferred = bpref(positions, judgments, judged, n_items)
        found[name] = Incomplete(float(unjudged), float(plain.mean()), float(condensed.mean()), float(preferred.mean()))
    return found


def as_text(found: Mapping[str, Incomplete], n_queries: int) -> str:
    """The conclusion, then a row for each system, the best first."""
    from tabulate import tabulate

    worst = max(found, key=lambda name: found[name].unjudged)
    share = found[worst].unjudged
    if share > ALLOWED:
        said = (
            f"Up to {share:.0%} of the first {RANKS} ranks are unjudged ({worst}): nDCG counts them as not relevant, "
            "which is unfair to systems outside of the pool. Compare by the other two columns, or judge more."
        )
    else:
        said = f"At most {share:.0%} of the first {RANKS} ranks are unjudged, so nDCG can be compared."
    rows = [
        [name, f"{one.unjudged:.1%}", f"{one.ndcg:.4f}", f"{one.condensed:.4f}", f"{one.bpref:.4f}"]
        for name, one in sorted(found.items(), key=lambda pair: -pair[1].ndcg)
    ]
    head = ["system", f"unjudged@{RANKS}", f"nDCG@{RANKS}", f"nDCG@{RANKS}, judged items alone", "bpref"]
    table = tabulate(rows, head, disable_numparse=True)
    return f"{fill(said, WIDTH)}\n{n_queries:,} queries with a relevant item.\n\n{table}"
