"""The quality of everything as CSV: what `dvc plots` draws."""

from __future__ import annotations

import csv
import io

from itemvec.core.text import without_markup
from itemvec.decision.results import Results

HEADER = ["task", "group", "system", "variant", "dim", "bytes_per_item", "metric", "mean", "low", "high"]


def quality_csv(results: Results) -> str:
    """One line per cell, group of queries and metric; a system without vectors has no variant and no size."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([HEADER, *_rows(results)])
    return text.getvalue()


def _rows(results: Results) -> list[list[object]]:
    rows: list[list[object]] = []
    for one in results.cells:
        facts = results.variants[one.variant] if one.variant else {"dim": "", "bytes_per_item": ""}
        for group, found in one.groups.items():
            for metric in results.metrics(one.task):
                mean = found[metric]
                where = [one.task, without_markup(group), one.system, one.variant or ""]
                size = [facts["dim"], facts["bytes_per_item"]]
                rows.append([*where, *size, metric, mean["mean"], mean["low"], mean["high"]])
    return rows
