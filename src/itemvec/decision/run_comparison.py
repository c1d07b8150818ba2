"""Any runs compared, by the names of their files."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations, product
from pathlib import Path

import pyarrow.compute as pc
from tabulate import tabulate

from itemvec.core.columns import GROUP, SEED
from itemvec.core.errors import ParamsError, TableError
from itemvec.core.files import read_parquet
from itemvec.core.registry import suggest
from itemvec.decision.comparisons import Comparison, Key, compare_pairs, key
from itemvec.decision.results import Result
from itemvec.decision.values import Measures
from itemvec.metrics import METRICS

OF_REPORT = "Each difference with its 95 % interval and p, as in the verdict and the report."
APART = "Each difference with its 95 % interval and p: both hold for all pairs of a column together."
MIXED = "* Not in the report: interval and p hold for the rows with a star, a column at a time."


def compare_runs(cells: list[str], measures: Path, seed: int, known: Mapping[Key, Comparison]) -> str:
    """Compare each run with each later one, in the metrics they share; one table per group of queries, as text.

    Parameters
    ----------
    cells
        Names of files below ``measures``, without their ending: ``search/exact/full``, ``baseline/bm25``.
    known
        What the verdict and the report compare. A comparison that is there is not made again: it has one verdict.

    Raises
    ------
    ParamsError
        There is no such run, or a run is named twice.
    TableError
        The runs have no metric or not the same queries in common.
    """
    _check(cells, measures)
    tables = [read_parquet(measures / f"{cell}.parquet") for cell in cells]
    names = [name for name in tables[0].column_names if name.partition("@")[0] in METRICS and " " not in name]
    metrics = [name for name in names if all(name in table.column_names for table in tables)]
    if not metrics:
        raise TableError(f"{' and '.join(cells)} were measured in different metrics; set these in params.yaml")
    groups = sorted(pc.unique(tables[0][GROUP]).to_pylist())
    runs = list(combinations([Result("", cell, None, cell, {}) for cell in cells], 2))
    new = [
        (left, right)
        for left, right in runs
        if not all((group, metric, left.cell, right.cell) in known for group, metric in product(groups, metrics))
    ]
    found = {**known, **{key(one): one for one in compare_pairs(new, metrics, groups, Measures.below(measures), seed)}}
    starred = {(left.cell, right.cell) for left, right in new if len(new) < len(runs)}
    parts = []
    for group in groups:
        rows = [
            [f"{left.cell}{'*' * ((left.cell, right.cell) in starred)}", right.cell]
            + [str(found[group, metric, left.cell, right.cell]) for metric in metrics]
            for left, right in runs
        ]
        n_queries = pc.sum(pc.equal(tables[0][GROUP], group)).as_py() // len(tables[0][SEED].unique())
        parts.append(f"{group} ({n_queries:,})\n\n{tabulate(rows, ['run', 'against', *metrics])}")
    note = OF_REPORT if not new else APART if not starred else f"{OF_REPORT}\n{MIXED}"
    return "\n\n".join([*parts, note])


def _check(cells: list[str], measures: Path) -> None:
    known = sorted(str(path.relative_to(measures).with_suffix("")) for path in measures.rglob("*.parquet"))
    for cell in cells:
        if cell not in known:
            raise ParamsError(f"{measures} has no run {cell!r}{suggest(cell, known)}")
    if len(set(cells)) < max(2, len(cells)):
        raise ParamsError("compare: name at least two runs, and each once")
