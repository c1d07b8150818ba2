"""Ties at the border of the first ranks: where an order by hashes decided what counts."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from itemvec.core.columns import tied_at
from itemvec.core.top_k import Top
from itemvec.metrics import parse


def tied(rankings: Iterable[Top], metric: str) -> dict[str, float]:
    """Share of the queries whose rank ``k`` and the rank after it have equal scores, as ``tied@k``.

    Parameters
    ----------
    rankings
        Of the same queries, one per seed, whose mean it is.
    metric
        The metric whose ``k`` it is.

    Returns
    -------
    Nothing where no ranking is deeper than ``k``, so that nobody knows.
    """
    k = parse(metric)[1]
    shares = [
        float(np.mean((top.scores[:, k - 1] == top.scores[:, k]) & (top.scores[:, k] > -np.inf)))
        for top in rankings
        if top.scores.shape[1] > k and len(top.scores)
    ]
    return {tied_at(metric): float(np.mean(shares))} if shares else {}
