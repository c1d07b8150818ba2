"""Quality against size: what is on the frontier, and how small vectors can be without losing more than is allowed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.compute as pc

from itemvec.core.arrays import Doubles
from itemvec.core.columns import GROUP, ID, OWNER, SEED
from itemvec.core.files import read_parquet
from itemvec.decision.results import TASKS, Result, Results, title
from itemvec.metrics import ALLOWED, LEVEL, Spread, by_owner, compare_with_reference
from itemvec.report.sections import Section
from itemvec.report.tables import Table

BANDWIDTH = 10e9  # bytes a second that one core reads


@dataclass(frozen=True)
class Point:
    """One system on one variant, in the first metric, for one group of queries.

    change
        Its mean over that on the first variant, less one.
    p
        That it loses more than ``ALLOWED`` against the first variant, adjusted for the variants of the system;
        1 for the first variant itself.
    best
        No other vectors of the group are as small or smaller, and as good or better.
    """

    group: str
    result: Result
    dim: int
    bytes_per_item: int
    mean: dict[str, float]
    change: float
    p: float
    best: bool


def points(results: Results, task: str, measures: Path) -> list[Point]:
    """Every system on every variant, by group of queries.

    Parameters
    ----------
    measures
        Folder of the values per query, Parquet files named by ``Result.cell``.
    """
    metric = results.metrics(task)[0]
    cells = [one for one in results.of(task) if one.variant is not None]
    tables = {one.cell: read_parquet(measures / f"{one.cell}.parquet") for one in cells}
    found = []
    for group in results.groups(task):
        values = {cell: _values(table, group, metric) for cell, table in tables.items()}
        for system in dict.fromkeys(one.system for one in cells):
            among = [one for one in cells if one.system == system]
            first, *others = (
                values[one.cell] for one in among
            )  # variants come in their order, the first of them first
            spreads = Spread.pooled([one.mean(axis=0) for one in (first, *others)], "seeds")
            shorter = np.column_stack([one.mean(axis=1) for one in others]) if others else np.empty((len(first), 0))
            seed = results.params.seed
            kept = compare_with_reference(shorter, first.mean(axis=1), spreads[1:], spreads[0], seed)
            adjusted = [1.0, *kept.p_loss]
            whole = first
            found += [
                Point(
                    group,
                    one,
                    *_size(results, one),
                    one.groups[group][metric],
                    float(values[one.cell].mean() / whole.mean() - 1) if whole.any() else 0.0,
                    float(chance),
                    best=not any(_beats(results, other, one, group, metric) for other in cells),
                )
                for one, chance in zip(among, adjusted, strict=True)
            ]
    return found


def smallest(results: Results, found: list[Point], task: str) -> list[str]:
    """For each group and system, the smallest vectors that are shown to lose no more than is allowed."""
    said = []
    metric, groups = results.metrics(task)[0], results.groups(task)
    first = results.params.variants[0]
    for group in groups:
        among = [one for one in found if one.group == group]
        for system in dict.fromkeys(one.result.system for one in among):
            of_system = [one for one in among if one.result.system == system]
            smaller = [one for one in of_system if one.bytes_per_item < of_system[0].bytes_per_item]
            kept = min((one for one in smaller if one.p < LEVEL), key=lambda one: one.bytes_per_item, default=None)
            if kept is not None:
                what = f"{kept.result.variant} ({kept.dim} dimensions, {kept.bytes_per_item:,} bytes) is the smallest"
                sentence = f"{what} shown to lose less than {ALLOWED:.0%} of {metric} against {first}: {_said(kept)}."
            else:
                sentence = f"nothing smaller is shown to lose less than {ALLOWED:.0%} of {metric} against {first}."
            said += [f"{title(task, group, groups)}: {system}: {sentence}"] * bool(smaller)
    return said


def section(results: Results, found: dict[str, list[Point]]) -> Section:
    """Tables of quality and size, one per task and group."""
    header = [
        "system",
        "vectors",
        "dim",
        "bytes per item",
        "scan, ms",
        "metric",
        "against the first",
        "on the frontier",
    ]
    tables = []
    for task in TASKS:
        for group in results.groups(task):
            rows = [_row(results, one) for one in found[task] if one.group == group]
            if rows:
                metric = results.metrics(task)[0]
                named = [metric if name == "metric" else name for name in header]
                tables.append(Table(title(task, group, results.groups(task)), named, rows))
    words = (
        f"The smallest vectors that are shown to lose less than {ALLOWED:.0%}. Against the first: the change of the "
        f"mean, and p of the one-sided paired test that the loss is {ALLOWED:.0%} or more, adjusted for the "
        "variants of a system. On the frontier is what no other vectors of the table equal at the same size or less. "
        f"Scan is the time to read every vector once at {BANDWIDTH / 1e9:.0f} GB a second: a bound, not a measurement."
    )
    said = [one for task in TASKS for one in smallest(results, found[task], task)]
    return Section("smaller", "How small the vectors can be", words, tables, said)


def _row(results: Results, one: Point) -> list[str]:
    size = [str(one.dim), f"{one.bytes_per_item:,}", f"{_scan(results, one):.3g}"]
    quality = f"{one.mean['mean']:.4f} [{one.mean['low']:.3f}, {one.mean['high']:.3f}]"
    first = one.result.variant == results.params.variants[0]
    against = "-" if first else _said(one)
    return [one.result.system, str(one.result.variant), *size, quality, against, "yes" if one.best else ""]


def _said(one: Point) -> str:
    return f"{one.change:+.1%}, {'p < 0.001' if one.p < 0.001 else f'p = {one.p:.3f}'}"


def _scan(results: Results, one: Point) -> float:
    """Milliseconds to read all vectors once."""
    return float(results.embed["rows"]["items"]) * one.bytes_per_item / BANDWIDTH * 1e3


def _size(results: Results, one: Result) -> tuple[int, int]:
    facts = results.variants[str(one.variant)]
    return int(facts["dim"]), int(facts["bytes_per_item"])


def _beats(results: Results, left: Result, right: Result, group: str, metric: str) -> bool:
    """Whether ``left`` is as small and as good as ``right``, and smaller or better."""
    (_, ours), (_, theirs) = (_size(results, one) for one in (left, right))
    mean, other = (float(one.groups[group][metric]["mean"]) for one in (left, right))
    return ours <= theirs and mean >= other and (ours < theirs or mean > other)


def _values(table: Any, group: str, metric: str) -> Doubles:
    """Of the queries of a group in the order of their ids, float64 of shape (n_queries, n_seeds)."""
    chosen = table.filter(pc.equal(table[GROUP], group)).sort_by([(ID, "ascending"), (SEED, "ascending")])
    values = np.asarray(chosen[metric]).reshape(-1, len(chosen[SEED].unique()))
    return by_owner(values, chosen[OWNER].combine_chunks()[:: values.shape[1]])
