"""Items that nobody judged: their share of the first ranks, and the metric if they counted otherwise."""

from __future__ import annotations

import numpy as np

from itemvec.core.arrays import Doubles, Ints
from itemvec.core.columns import POSSIBLE, SKIPPED, judged_at
from itemvec.core.top_k import NOTHING, Top
from itemvec.metrics import Judgments, Ranked, measure, parse
from itemvec.protocol.judgments import skip_unjudged


def alternatives(top: Top, judgments: Judgments, judged: Ints, n_items: int, metric: str) -> dict[str, Doubles]:
    """What else a metric could be, given that some of what was returned was never judged.

    Parameters
    ----------
    top
        Rankings of the queries of ``judgments``, in their order.
    judged
        Judged pairs, relevant or not, as query * n_items + item, int64.

    Returns
    -------
    Each float64 of shape (n_queries,): ``judged@k``, the share of the first k ranks that were judged; and, where some
    were not, ``METRIC skipped`` without the unjudged items (Sakai, SIGIR 2007) and ``METRIC possible`` if those of the
    first k ranks were all relevant with the highest gain there is: no judgments could give a higher value.
    """
    k = parse(metric)[1]
    first = top.positions[:, :k]
    asked = np.arange(len(first))[:, None] * n_items + first
    known = np.isin(asked, judged) & (first != NOTHING)
    found = {judged_at(metric): known.sum(axis=1) / max(1, min(k, n_items))}
    unknown = ~known & (first != NOTHING)
    if unknown.any():
        skipped = skip_unjudged(top, judged, n_items)
        found[f"{metric} {SKIPPED}"] = measure(Ranked.judge(skipped.positions, judgments), [metric])[metric]
        possible = _all_relevant(Ranked.judge(top.positions, judgments), unknown)
        found[f"{metric} {POSSIBLE}"] = measure(possible, [metric])[metric]
    return found


def _all_relevant(ranked: Ranked, unknown: Ints) -> Ranked:
    """The ranking if its ``unknown`` ranks, bool of shape (n_queries, k), were relevant with the highest gain."""
    k = unknown.shape[1]
    highest = max(float(ranked.ideal.max(initial=0)), ranked.least_gain, 1e-12)
    gains = ranked.gains.copy()
    gains[:, :k][unknown] = highest
    more = np.where(unknown, highest, 0.0)
    ideal = -np.sort(-np.concatenate([ranked.ideal, more], axis=1), axis=1)[:, : ranked.ideal.shape[1]]
    return Ranked(gains, ideal, ranked.n_relevant + unknown.sum(axis=1), ranked.least_gain)
