"""Which differences are more than chance."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import chain, combinations, product
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.compute as pc

from itemvec.core.arrays import Doubles, Ids
from itemvec.core.columns import GROUP, ID, OWNER, SEED
from itemvec.core.errors import TableError
from itemvec.core.files import read_parquet
from itemvec.decision.results import Result, Results
from itemvec.metrics import LEVEL, Spread, by_owner, holm, interval, paired_p, widen


@dataclass(frozen=True)
class Comparison:
    """``left`` minus ``right`` in one metric, over the queries of one group.

    ``p`` is that of the paired test, adjusted by Holm for all comparisons of the group in all metrics.
    """

    group: str
    metric: str
    left: Result
    right: Result
    difference: float
    low: float
    high: float
    p: float

    @property
    def verdict(self) -> str:
        """What may be said."""
        if self.p >= LEVEL:
            return "no significant difference"
        return "better" if self.difference > 0 else "worse"

    def __str__(self) -> str:
        p = "p < 0.001" if self.p < 0.001 else f"p = {self.p:.3f}"
        return f"{self.verdict}, {self.difference:+.4f} [{self.low:+.3f}, {self.high:+.3f}], {p}"


def compare(results: Results, task: str, measures: Path) -> list[Comparison]:
    """Compare what a reader would ask to compare.

    Each other variant with the first; on the first variant each system with every later one and with each baseline;
    each reranker with the run that it reordered.

    Parameters
    ----------
    measures
        Folder of the values per query, Parquet files named by ``Result.cell``.
    """
    metrics, groups = results.metrics(task), results.groups(task)
    return compare_pairs(pairs(results, task), metrics, groups, measures, results.params.seed)


def compare_pairs(
    pairs: list[tuple[Result, Result]], metrics: list[str], groups: list[str], measures: Path, seed: int
) -> list[Comparison]:
    """Compare left with right in all metrics, for each group of queries.

    Holm's family is all of one group: pairs times metrics.
    """
    tables = {one.cell: read_parquet(measures / f"{one.cell}.parquet") for one in chain(*pairs)}
    found = []
    for group in groups:
        chosen = {cell: _of_group(table, group) for cell, table in tables.items()}
        rows = [
            _compared(group, metric, left, right, chosen, seed) for metric, (left, right) in product(metrics, pairs)
        ]
        adjusted = holm(np.array([row.p for row in rows]))
        found += [replace(row, p=float(p)) for row, p in zip(rows, adjusted, strict=True)]
    return found


def pairs(results: Results, task: str) -> list[tuple[Result, Result]]:
    """What ``compare`` compares."""
    cells = results.of(task)
    first = results.params.variants[0]
    reference = {one.system: one for one in cells if one.variant == first}
    others = [(one, reference[one.system]) for one in cells if one.variant not in (None, first)]
    reranked = [one for one in cells if one.stage == "rerank"]
    baselines = [one for one in cells if one.variant is None and one.stage != "rerank"]
    former = [one for one in cells if one.cell == results.params.rerank.first]
    among = list(combinations(reference.values(), 2))
    against = [(one, baseline) for one in reference.values() for baseline in baselines]
    return others + among + against + list(product(reranked, former))


def _of_group(table: Any, group: str) -> Any:
    chosen = table.filter(pc.equal(table[GROUP], group))
    return chosen.sort_by([(ID, "ascending"), (SEED, "ascending")])


def _values(table: Any, metric: str) -> tuple[Ids, Doubles]:
    """Queries of a sorted table, and the values of each, float64 of shape (n_queries, n_seeds)."""
    n_seeds = max(1, len(table[SEED].unique()))
    return table[ID].combine_chunks()[::n_seeds], np.asarray(table[metric]).reshape(-1, n_seeds)


def _compared(group: str, metric: str, left: Result, right: Result, tables: dict[str, Any], seed: int) -> Comparison:
    (ours, first), (theirs, second) = (_values(tables[one.cell], metric) for one in (left, right))
    if not ours.equals(theirs):
        raise TableError(f"{left.cell} and {right.cell} were measured on different queries; run `dvc repro`")
    owners = tables[left.cell][OWNER].combine_chunks()[:: first.shape[1]]
    difference = first.mean(axis=1) - second.mean(axis=1)
    seeds = Spread.of(first.mean(axis=0)) + Spread.of(second.mean(axis=0))
    mean = float(difference.mean())
    low, high = widen(mean, *interval(by_owner(difference, owners), seed), seeds)
    p = paired_p(by_owner(difference, owners, about=0), seeds, seed)
    return Comparison(group, metric, left, right, mean, low, high, p)
