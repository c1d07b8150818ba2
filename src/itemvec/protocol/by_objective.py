"""Quality for the targets that meet an objective, such as those that were rated four or more."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from itemvec.core.arrays import Doubles, Floats
from itemvec.core.top_k import TieOrder, top_k
from itemvec.metrics import Ranked, measure
from itemvec.protocol.cases import Cases
from itemvec.protocol.histories import Histories

METRIC, K = "ndcg@10", 10
USERS = 256  # scored at a time


def by_objective(
    merged: Callable[[Histories], Floats],
    own: Mapping[str, Callable[[Histories], Floats]],
    met: Mapping[str, NDArray[np.bool_]],
    cases: Cases,
    mask: bool,
    order: TieOrder,
) -> dict[str, dict[str, Any]]:
    """Number of ``cases``, ``ndcg@10`` of the merged ranking and ``own_ndcg@10`` of the objective's own, by objective.

    Parameters
    ----------
    merged, own
        Score functions: of the merged ranking, and of each objective.
    met
        Which targets meet each objective, bool of shape (n_cases,).
    mask
        Whether what a user already has stays out.
    """
    whole = _ndcg(merged, cases, mask, order)
    found: dict[str, dict[str, Any]] = {}
    for name, chosen in met.items():
        found[name] = {"cases": int(chosen.sum())}
        if chosen.any():
            found[name][METRIC] = float(whole[chosen].mean())
            found[name][f"own_{METRIC}"] = float(_ndcg(own[name], cases, mask, order)[chosen].mean())
    return found


def _ndcg(score: Callable[[Histories], Floats], cases: Cases, mask: bool, order: TieOrder) -> Doubles:
    tops = []
    for block in cases.histories.blocks(USERS):
        scores = score(block)
        if mask:
            scores[block.rows, block.items] = -np.inf
        tops.append(top_k(scores, K, order.of(block.users)).positions)
    return measure(Ranked.judge(np.concatenate(tops), cases.judgments), [METRIC])[METRIC]
