"""Rankings within a condition: a user asks for items of a genre, and a system may know that or may filter.

Each test case asks for one condition that its target meets, drawn at random. So every system knows as much of the
target as any other, and more than in the ranking without a condition: the two cannot be compared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol, runtime_checkable

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from itemvec.core.arrays import Floats, Ints
from itemvec.core.top_k import NOTHING, TieOrder, top_k
from itemvec.metrics import Judgments, Ranked, measure
from itemvec.protocol.attributes import Attributes
from itemvec.protocol.cases import Cases
from itemvec.protocol.histories import Histories

K, DEPTH = 10, 100  # ranks that are measured, and that are looked at before a filter behind the ranking
USERS = 256  # scored at a time
DRAW = 0  # seed of the conditions: all systems and seeds of training are asked for the same
METRIC = f"ndcg@{K}"


@runtime_checkable
class TakesConditions(Protocol):
    """A score function that also scores under a condition of each history, as ``genres=Comedy``."""

    def under(self, asked: Histories, conditions: Sequence[str | None]) -> Floats:
        """Scores, float32 of shape (n_users, n_items); a condition that is unknown counts as none."""
        ...


def within_condition(
    score: Callable[[Histories], Floats], cases: Cases, conditions: Attributes, mask: bool, order: TieOrder
) -> dict[str, Any]:
    """How well a system ranks the items that meet the condition of a case.

    Parameters
    ----------
    score
        From histories to scores, float32 of shape (n_users, n_items).
    mask
        Whether what a user already has stays out.

    Returns
    -------
    ``cases``, those whose target meets a condition, and for each ranking ``match@10``, the share of ten ranks with an
    item that meets the condition (an empty rank has none), and ``ndcg@10`` of the target. ``unfiltered`` is the ranking
    as it is; ``filter_before`` ranks only items that meet the condition; ``filter_after`` keeps those of the first
    ``DEPTH`` ranks. ``conditional`` and ``conditional_filter_before``, where ``score`` takes conditions, are told it.
    """
    targets = cases.judgments.items[cases.judgments.offsets[:-1]]
    asked = conditions.draw(targets, np.random.default_rng(DRAW))
    chosen = asked != NOTHING
    asked, targets = asked[chosen], targets[chosen]
    ids = cases.judgments.ids.filter(pa.array(chosen))
    wanted = Judgments(ids, targets, np.ones(len(targets)), np.arange(len(targets) + 1))
    tops: dict[str, list[Ints]] = {}
    matches: dict[str, list[NDArray[np.bool_]]] = {}
    start = 0
    for block in cases.histories.select(chosen).blocks(USERS):
        now = asked[start : start + len(block)]
        meets, start = conditions.meets(now), start + len(block)
        for name, top in _rankings(score, block, now, meets, conditions, mask, order):
            tops.setdefault(name, []).append(top)
            matches.setdefault(name, []).append(_fits(top, meets))
    found: dict[str, Any] = {"cases": len(targets)}
    for name, parts in tops.items():
        ndcg = measure(Ranked.judge(np.concatenate(parts), wanted), [METRIC])[METRIC]
        found[name] = {f"match@{K}": float(np.concatenate(matches[name]).mean()), METRIC: float(ndcg.mean())}
    return found


def _rankings(
    score: Callable[[Histories], Floats],
    block: Histories,
    asked: Ints,
    meets: NDArray[np.bool_],
    conditions: Attributes,
    mask: bool,
    order: TieOrder,
) -> Iterator[tuple[str, Ints]]:
    """The first ``K`` items by each way, int64 of shape (n, K), with ``NOTHING`` in ranks that stay empty."""
    ties = order.of(block.users)

    def masked(scores: Floats) -> Floats:
        if mask:
            scores[block.rows, block.items] = -np.inf
        return scores

    plain = masked(score(block))
    yield "unfiltered", top_k(plain, K, ties).positions
    yield "filter_after", _kept(top_k(plain, DEPTH, ties).positions, meets)
    yield "filter_before", top_k(np.where(meets, plain, -np.inf), K, ties).positions
    if isinstance(score, TakesConditions):
        told = masked(score.under(block, [conditions.names[one] for one in asked]))
        yield "conditional", top_k(told, K, ties).positions
        yield "conditional_filter_before", top_k(np.where(meets, told, -np.inf), K, ties).positions


def _fits(top: Ints, meets: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Whether each rank holds an item that meets the condition."""
    fits: NDArray[np.bool_] = np.take_along_axis(meets, np.maximum(top, 0), axis=1) & (top != NOTHING)
    return fits


def _kept(top: Ints, meets: NDArray[np.bool_]) -> Ints:
    """Of each ranking the first ``K`` that meet the condition."""
    fits = _fits(top, meets)
    first = np.argsort(~fits, axis=1, kind="stable")[:, :K]
    kept: Ints = np.where(np.take_along_axis(fits, first, axis=1), np.take_along_axis(top, first, axis=1), NOTHING)
    return kept
