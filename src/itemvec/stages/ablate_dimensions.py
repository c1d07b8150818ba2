"""Dimension ablation: the change of search quality without each dimension, and when harmful ones are dropped."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from itemvec.core.arrays import Doubles, Floats, Ints
from itemvec.core.sampling import sample
from itemvec.core.text import without_markup
from itemvec.core.top_k import TieOrder, Ties
from itemvec.metrics import LEVEL, Judgments, Spread, compare_family
from itemvec.metrics.exact_ndcg import ndcg
from itemvec.metrics.leave_one_dimension_out import attribute
from itemvec.metrics.sign_flips import flip_p
from itemvec.protocol.judged_queries import Asked
from itemvec.protocol.judgments import choose
from itemvec.store import open_vectors

QUERIES = 1000  # of a group; larger groups are sampled
HEADER = "group,dimension,change,p"

Chosen = NDArray[np.bool_]  # of shape (dim,)


def measure_each_dimension(digest: Path, queries: Path, qrels: Path, seed: int) -> tuple[dict[str, Any], str]:
    """Measure nDCG@10 by cosine without each dimension of the database of ``digest``, for each group of queries.

    Parameters
    ----------
    queries, qrels
        Parquet files.

    Returns
    -------
    Facts for the metrics file, and a CSV of the change without each dimension, with its p adjusted for their number
    (``sign_flips.flip_p``). The facts of a group:

    ``harmful``, ``useful``
        Dimensions without which nDCG is higher, or lower, at p < .05 after adjustment; ``higher`` counts those without
        which it is higher at all.
    ``widened``
        Queries that needed more than the first candidates for the result to be exact.
    ``dropped``
        What dropping dimensions does, by rule. They are chosen on one half of the queries and dropped for the other,
        both ways round: ``own`` is the change for the queries that chose, ``other`` for those that did not.
    """
    ids, items = open_vectors(digest, "items").load()
    asked = Asked.load(digest, queries, qrels, ids)
    rng, order = np.random.default_rng(seed), TieOrder(ids)
    facts, lines = {}, [HEADER]
    for group in sorted(set(asked.groups.tolist())):
        rows = sample(np.flatnonzero(asked.groups == group), QUERIES, rng)
        vectors, judgments = (
            asked.vectors[rows],
            choose(asked.judgments, np.isin(np.arange(len(asked.judgments)), rows)),
        )
        ties, hidden = order.of(judgments.ids), None if asked.hidden is None else asked.hidden[rows]
        found = attribute(vectors, items, judgments, ties=ties, hidden=hidden)
        changes = found.without - found.full[:, None]  # (n_queries, dim)
        change, p = changes.mean(axis=0), flip_p(changes, seed)
        facts[group] = {
            "queries": len(rows),
            "ndcg@10": float(found.full.mean()),
            "widened": found.widened,
            "harmful": int(np.count_nonzero((p < LEVEL) & (change > 0))),
            "useful": int(np.count_nonzero((p < LEVEL) & (change < 0))),
            "higher": int(np.count_nonzero(change > 0)),
            "dropped": _dropped(vectors, items, judgments, ties, hidden, found.full, changes, seed)
            if len(rows) > 1
            else {},
        }
        name = '"' + without_markup(group).replace('"', '""') + '"'
        lines += [f"{name},{i},{one:.6f},{chance:.4f}" for i, (one, chance) in enumerate(zip(change, p, strict=True))]
    return {"dim": items.shape[1], "groups": facts}, "\n".join(lines) + "\n"


def _dropped(
    queries: Floats,
    items: Floats,
    judgments: Judgments,
    ties: Ties,
    hidden: Ints | None,
    full: Doubles,
    changes: Doubles,
    seed: int,
) -> dict[str, Any]:
    """For each rule, the change of nDCG on the queries that chose what to drop, and on the others."""
    halves = np.random.default_rng(seed).permutation(len(queries)) % 2 == 0
    own: dict[str, list[Doubles]] = {}
    other: dict[str, Doubles] = {}
    counts: dict[str, list[int]] = {}
    for half in (halves, ~halves):
        for rule, chosen in _rules(changes[half], seed):
            kept = ~chosen
            change = np.zeros(len(full))
            if chosen.any():
                change = ndcg(queries[:, kept], items[:, kept], judgments, ties=ties, hidden=hidden) - full
            own.setdefault(rule, []).append(change[half])
            other.setdefault(rule, np.zeros(len(full)))[~half] = change[~half]
            counts.setdefault(rule, []).append(int(chosen.sum()))
    facts = {}
    for rule, change in other.items():
        family = compare_family(change[:, None], [Spread()], seed)
        facts[rule] = {
            "dims": counts[rule],
            "own": float(np.concatenate(own[rule]).mean()),
            "other": {
                "mean": float(change.mean()),
                "low": float(family.low[0]),
                "high": float(family.high[0]),
                "p": float(family.p[0]),
            },
        }
    return facts


def _rules(changes: Doubles, seed: int) -> Iterator[tuple[str, Chosen]]:
    """Rules that choose what to drop by the changes on some queries, float64 of shape (n_queries, dim)."""
    change = changes.mean(axis=0)
    yield "harmful at p < .05", (flip_p(changes, seed) < LEVEL) & (change > 0)
    worst = np.argsort(-change, kind="stable")[: max(1, len(change) // 10)]
    yield "worst tenth", np.isin(np.arange(len(change)), worst)
    yield "all that seem harmful", change > 0
