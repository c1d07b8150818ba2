"""Capacity: how many dimensions unconstrained vectors need to rank all relevant items of the judgments first."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.compute as pc

from itemvec.core.arrays import Ints
from itemvec.core.columns import GROUP, ITEM, QUERY
from itemvec.core.files import read_parquet
from itemvec.core.sampling import sample
from itemvec.metrics import Judgments
from itemvec.protocol.judgments import choose, hidden_items, judge
from itemvec.studies.capacity_bound import margin
from itemvec.studies.free_embeddings import ANNEALED, Fitted, fit
from itemvec.studies.judgment_graph import entanglement

QUERIES = 128  # queries per group for free embeddings; larger groups are sampled
SCORES = 1 << 17  # most scores, these queries times their relevant items; above, fewer queries are taken
GRAPH = 4096  # queries per group for the graph; larger groups are sampled
DIMS = (2, 4, 8, 16, 32)  # tried until all queries are solved
STEPS = 500
SIZES = (10, 100, 1000)  # of catalogues whose every pair is ranked first by construction


def measure_capacity(items: Path, queries: Path, qrels: Path, seed: int) -> dict[str, Any]:
    """For each group of queries: how much judgments overlap, and how few dimensions of free embeddings solve them.

    Free embeddings cover the items relevant to the sampled queries. One more dimension would suffice to rank all other
    items below them. The item that is a query itself is not ranked for it.

    Returns
    -------
    ``groups``, empty if there are no judgments, and ``construction``: by catalogue size, the smallest margin of
    constructed vectors in four dimensions that rank every pair first; as text, since metrics are rounded.
    """
    ids = read_parquet(items, [ITEM])[ITEM].combine_chunks()
    table = read_parquet(queries).combine_chunks()
    judgments = judge(read_parquet(qrels), table[QUERY].combine_chunks(), ids)
    places = pc.index_in(judgments.ids, value_set=table[QUERY].combine_chunks())
    groups = table[GROUP].combine_chunks().take(places)
    hidden = hidden_items(table.take(places), ids)
    rng = np.random.default_rng(seed)
    found = {}
    for group in sorted(set(groups.to_pylist())):
        rows = np.flatnonzero(np.asarray(pc.equal(groups, group)))
        graph = _some(judgments, sample(rows, GRAPH, rng))
        found[group] = entanglement(graph) | _smallest(judgments, _few(judgments, rows, rng), hidden, seed)
    return {"groups": found, "construction": {str(n): f"{margin(n, 2):.1e}" for n in SIZES}}


def conclusions(facts: dict[str, Any]) -> list[str]:
    """By group of queries, how few dimensions hold its judgments."""
    said = []
    for group, found in facts["groups"].items():
        if not found["free"]:
            said.append(f"{group}: every query wants all items, so any vectors do")
            continue
        dim, reached = [*found["free"].items()][-1]
        share = "all queries" if reached["solved"] == 1 else f"{reached['solved']:.0%} of the queries"
        said.append(f"{group}: vectors free of any text rank what is relevant first for {share} in {dim} dimensions")
    return said


def _some(judgments: Judgments, rows: Ints) -> Judgments:
    return choose(judgments, np.isin(np.arange(len(judgments)), rows))


def _few(judgments: Judgments, rows: Ints, rng: np.random.Generator) -> Ints:
    """A sample of ``rows``, the places of queries, small enough to optimise within seconds; ascending."""
    size = QUERIES
    while True:
        few = sample(rows, size, rng)
        some = _some(judgments, few)
        if size == 1 or len(some) * len(np.unique(some.items)) <= SCORES:
            return few
        size //= 2


def _smallest(judgments: Judgments, rows: Ints, hidden: Ints | None, seed: int) -> dict[str, Any]:
    """Results of the queries at ``rows``, for each of ``DIMS`` up to the first that solves all."""
    judgments = _some(judgments, rows)
    names, columns = np.unique(judgments.items, return_inverse=True)
    relevant = np.zeros((len(judgments), len(names)), dtype=bool)
    relevant[np.repeat(np.arange(len(judgments)), np.diff(judgments.offsets)), columns] = True
    itself = np.zeros_like(relevant) if hidden is None else names == hidden[rows][:, None]
    relevant &= ~itself
    some = relevant.any(axis=1) & ~(relevant | itself).all(axis=1)  # any vectors do for a query that wants all items
    relevant, itself = relevant[some], itself[some]
    facts: dict[str, Any] = {"queries": len(judgments), "items": len(names), "free": {}}
    for dim in DIMS if len(relevant) else ():
        fitted = fit(relevant, dim, replace(ANNEALED, steps=STEPS), seed, itself)
        facts["free"][str(dim)] = _reached(fitted)
        if fitted.solved:
            break
    return facts


def _reached(fitted: Fitted) -> dict[str, float]:
    return {"solved": float(np.mean(fitted.margins > 0)), "least": float(fitted.margins.min())}
