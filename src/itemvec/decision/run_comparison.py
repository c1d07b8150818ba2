"""Any runs compared, by the names of their files."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pyarrow.compute as pc
from tabulate import tabulate

from itemvec.core.columns import GROUP, SEED
from itemvec.core.errors import ParamsError, TableError
from itemvec.core.files import read_parquet
from itemvec.core.registry import suggest
from itemvec.decision.comparisons import compare_pairs
from itemvec.decision.results import Result
from itemvec.decision.values import Measures
from itemvec.metrics import METRICS


def compare_runs(cells: list[str], measures: Path, seed: int) -> str:
    """Compare each run with each later one, in the metrics they share; one table per group of queries, as text.

    Parameters
    ----------
    cells
        Names of files below ``measures``, without their ending: ``search/exact/full``, ``baseline/bm25``.

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
    runs = [Result("", cell, None, cell, {}) for cell in cells]
    found = compare_pairs(list(combinations(runs, 2)), metrics, groups, Measures.below(measures), seed)
    parts = []
    for group in groups:
        rows: dict[tuple[str, str], list[str]] = {}
        for one in found:
            if one.group == group:
                rows.setdefault((one.left.cell, one.right.cell), []).append(str(one))
        n_queries = pc.sum(pc.equal(tables[0][GROUP], group)).as_py() // len(tables[0][SEED].unique())
        body = tabulate([[*pair, *said] for pair, said in rows.items()], ["run", "against", *metrics])
        parts.append(f"{group} ({n_queries:,})\n\n{body}")
    note = "Difference with its 95 % interval, and p: both hold for all pairs of a column together."
    return "\n\n".join([*parts, note])


def _check(cells: list[str], measures: Path) -> None:
    known = sorted(str(path.relative_to(measures).with_suffix("")) for path in measures.rglob("*.parquet"))
    for cell in cells:
        if cell not in known:
            raise ParamsError(f"{measures} has no run {cell!r}{suggest(cell, known)}")
    if len(set(cells)) < max(2, len(cells)):
        raise ParamsError("compare: name at least two runs, and each once")
