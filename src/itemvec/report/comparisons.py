"""Which differences are more than chance."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.compute as pc

from itemvec.arrays import Doubles, Ids
from itemvec.columns import GROUP, ID, SEED
from itemvec.errors import TableError
from itemvec.files import read_parquet
from itemvec.metrics import holm, interval, paired_p
from itemvec.report.results import Result, Results


@dataclass(frozen=True)
class Comparison:
    """``left`` minus ``right`` in the first metric of a task, over the queries of one group.

    ``p`` is that of the paired permutation test, adjusted by Holm for all comparisons of the group.
    """

    group: str
    left: Result
    right: Result
    difference: float
    low: float
    high: float
    p: float

    @property
    def verdict(self) -> str:
        """What may be said."""
        if self.p >= 0.05:
            return "no difference shown"
        return "better" if self.difference > 0 else "worse"

    def __str__(self) -> str:
        p = "p < 0.001" if self.p < 0.001 else f"p = {self.p:.3f}"
        return f"{self.difference:+.4f} [{self.low:+.3f}, {self.high:+.3f}], {p}"


def compare(results: Results, task: str, measures: Path) -> list[Comparison]:
    """Compare each variant with the first, and each system on the first variant with each baseline.

    Parameters
    ----------
    measures
        Folder of the values per query, Parquet files named by ``Result.cell``.
    """
    pairs = _pairs(results, task)
    metric = results.metrics(task)[0]
    tables = {
        one.cell: read_parquet(measures / f"{one.cell}.parquet", [ID, SEED, GROUP, metric]) for one in chain(*pairs)
    }
    found = []
    for group in results.groups(task):
        values = {cell: _values(table, metric, group) for cell, table in tables.items()}
        rows = [_compared(group, left, right, values, results.params.seed) for left, right in pairs]
        adjusted = holm(np.array([row.p for row in rows]))
        found += [replace(row, p=float(p)) for row, p in zip(rows, adjusted, strict=True)]
    return found


def _pairs(results: Results, task: str) -> list[tuple[Result, Result]]:
    cells = results.of(task)
    first = results.params.variants[0]
    reference = {one.system: one for one in cells if one.variant == first}
    smaller = [(one, reference[one.system]) for one in cells if one.variant not in (None, first)]
    baselines = [one for one in cells if one.variant is None]
    return smaller + [(one, other) for one in reference.values() for other in baselines]


def _values(table: Any, metric: str, group: str) -> tuple[Ids, Doubles]:
    """Queries of a group, sorted, and the value of each, averaged over seeds."""
    if group in table[GROUP].unique().to_pylist():  # else there is but one group, named by the task
        table = table.filter(pc.equal(table[GROUP], group))
    table = table.sort_by([(ID, "ascending"), (SEED, "ascending")])
    n_seeds = len(table[SEED].unique())
    means = np.asarray(table[metric]).reshape(-1, n_seeds).mean(axis=1)
    return table[ID].combine_chunks()[::n_seeds], means


def _compared(group: str, left: Result, right: Result, values: dict[str, tuple[Ids, Doubles]], seed: int) -> Comparison:
    (ours, first), (theirs, second) = values[left.cell], values[right.cell]
    if not ours.equals(theirs):
        raise TableError(f"{left.cell} and {right.cell} were measured on different queries; run `dvc repro`")
    low, high = interval(first - second, seed)
    p = paired_p(first, second, seed)
    return Comparison(group, left, right, float((first - second).mean()), low, high, p)
