"""One self-contained HTML page, and the tables it shows as CSV."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from itemvec import __version__
from itemvec.core.files import write_text
from itemvec.core.params import Row
from itemvec.decision.comparisons import Comparison, compare
from itemvec.decision.results import TASKS, Results, title
from itemvec.report.chart import charts
from itemvec.report.example_queries import listings
from itemvec.report.pareto import points, section, smallest
from itemvec.report.studies import studies
from itemvec.report.summary import answers, name
from itemvec.report.tables import Table, cohorts, geometry, measured

QUALITY: list[object] = ["task", "group", "system", "variant", "dim", "bytes_per_item", "metric", "mean", "low", "high"]


def write_report(results: Results, artifacts: Path, decision: dict[str, Any], page: Path, quality: Path) -> None:
    """Compare, and write the page and the quality of everything as CSV.

    Parameters
    ----------
    artifacts
        Folder of the values per query (``measures``), the ``runs`` and the ``tables``.
    decision
        What the stage ``decide`` wrote.
    """
    measures = artifacts / "measures"
    comparisons = {task: compare(results, task, measures) for task in TASKS}
    sizes = {task: points(results, task, measures) for task in TASKS}
    write_text(quality, _csv([QUALITY, *_quality(results)]))
    environment = Environment(
        loader=PackageLoader("itemvec.report"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    html = environment.get_template("page.html.j2").render(
        params=results.params,
        split=_split(results.params.recommend.split),
        embed=results.embed,
        constructed=results.constructed,
        answers=answers(results, comparisons) + [one for task in TASKS for one in smallest(results, sizes[task], task)],
        charts=charts(results),
        measured=measured(results),
        compared=[table for task in TASKS for table in _compared(results, task, comparisons[task])],
        cohorts=cohorts(results),
        listings=listings(results, artifacts),
        geometry=geometry(results),
        sections=[section(results, sizes), *studies(results, measures)],
        version=__version__,
    )
    write_text(page, html)


def _split(row: str | Row) -> str:
    """A split as its kind, then its options."""
    if isinstance(row, str):
        return row
    options = ", ".join(f"{name} {value}" for name, value in row.items() if name != "kind")
    return f"{row['kind']} ({options})" if options else str(row["kind"])


def _quality(results: Results) -> list[list[object]]:
    rows: list[list[object]] = []
    for one in results.cells:
        facts = results.variants[one.variant] if one.variant else {"dim": "", "bytes_per_item": ""}
        for group, found in one.groups.items():
            for metric in results.metrics(one.task):
                mean = found[metric]
                where = [one.task, group, one.system, one.variant or "", facts["dim"], facts["bytes_per_item"]]
                rows.append([*where, metric, mean["mean"], mean["low"], mean["high"]])
    return rows


def _compared(results: Results, task: str, comparisons: list[Comparison]) -> list[Table]:
    """One table per group of queries: a row per pair, a column per metric."""
    metrics, groups = results.metrics(task), results.groups(task)
    tables = []
    for group in groups:
        rows: dict[tuple[str, str], list[str]] = {}
        for one in comparisons:
            if one.group == group:
                rows.setdefault((name(one.left), name(one.right)), []).append(str(one))
        if rows:
            header = ["system", "against", *metrics]
            tables.append(Table(title(task, group, groups), header, [[*pair, *cells] for pair, cells in rows.items()]))
    return tables


def _csv(rows: list[list[object]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()
