"""The results as tables of text: for the terminal, for a README, for the page."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from tabulate import tabulate

from itemvec.decision.results import TASKS, TITLES, Result, Results, title

COHORTS = {
    "recommend": {
        "target": "how often the next item occurs in training",
        "history": "how much is shown of a user",
    },
    "search": {
        "words": "words of a query",
        "overlap": "percentage of a query's words that its relevant items have",
        "novelty": "percentage of words not shared with the most similar training query",
        "needed": "number of relevant items of a query",
    },
}


NUMBER = re.compile(r"(?:[<+-]?\d[\d,.e-]*(?: ?%)?(?:,? .*)?|-|)$")  # what may follow: an interval, a remark


@dataclass(frozen=True)
class Table:
    """A title, a header, rows of text, and a note on what was counted."""

    title: str
    header: list[str]
    rows: list[list[str]]
    note: str = ""

    @property
    def numeric(self) -> list[bool]:
        """Which columns have numbers alone, or the dash of a missing one; to be set flush right."""
        return [all(NUMBER.match(cell) for cell in column) for column in zip(*self.rows, strict=True)]


def measured(results: Results) -> list[Table]:
    """One table per task and group of queries: a row per system and variant, then the baselines."""
    return [_group(results, task, group) for task in TASKS for group in results.groups(task)]


def cohorts(results: Results) -> list[Table]:
    """One table per way to part users or queries: a row per system and variant, a column per cohort.

    It shows the first metric; by the number of relevant items, complete recall where that was measured.
    """
    return [table for task in TASKS for by in COHORTS[task] for table in _cohorts(results, task, by)]


def lists(results: Results) -> list[Table]:
    """Coverage, diversity and taste distance of what is recommended; none for a run of an earlier release."""
    cells = [one for one in results.of("recommend") if "lists" in one.facts]
    names = list(dict.fromkeys(name for one in cells for name in one.facts["lists"]))
    rows = [
        [one.system, one.variant or "none"]
        + [f"{one.facts['lists'][name]:.4f}" if name in one.facts["lists"] else "-" for name in names]
        for one in cells
    ]
    return [Table("Lists of recommendations", ["system", "vectors", *names], rows)] if rows else []


def _cohorts(results: Results, task: str, by: str) -> list[Table]:
    """One table, or none where a cell does not know these cohorts."""
    cells, metrics = results.of(task), results.metrics(task)
    complete = [one for one in metrics if by == "needed" and one.startswith("complete_recall@")]
    metric = next(iter(complete), metrics[0])
    if not cells or not all(by in one.facts.get("cohorts", {}) for one in cells):
        return []
    known = {name: facts for name, facts in cells[0].facts["cohorts"][by].items() if facts["queries"]}
    header = [f"{name} ({facts['from']:,} to {facts['to']:,}; {facts['queries']:,})" for name, facts in known.items()]
    rows = [
        [one.system, one.variant or "none", *(_mean(one.facts["cohorts"][by][name][metric]) for name in known)]
        for one in cells
    ]
    return [Table(f"{TITLES[task]} by {COHORTS[task][by]}, {metric}", ["system", "vectors", *header], rows)]


def _group(results: Results, task: str, group: str) -> Table:
    metrics = results.metrics(task)
    seeds = any(one.facts["seeds"] > 1 for one in results.of(task))
    header = ["system", "vectors", "dim", *metrics] + ["sd of seeds"] * seeds
    rows = []
    for one in results.of(task):
        facts = one.groups[group]
        row = [one.system, one.variant or "none", _dim(results, one), *(_mean(facts[name]) for name in metrics)]
        rows.append(row + [_spread(facts[metrics[0]])] * seeds)
    several = "users" in results.of(task)[0].facts  # cases of one user
    unit = ("cases" if several else "users") if task == "recommend" else "queries"
    queries = results.of(task)[0].groups[group]["queries"]
    heading = f"{title(task, group, results.groups(task))} ({queries:,} {unit})"
    notes = [_note(results.of(task)[0].facts), *filter(None, map(_chosen, results.of(task)))]
    return Table(heading, header, rows, "; ".join(filter(None, notes)))


def _note(facts: dict[str, Any]) -> str:
    """What was left out of the means, and what could not be answered right."""
    said = {
        "users_left_out": "users with too few interactions were left out",
        "users_not_drawn": "users were not drawn for the sample that recommend.split.users asks for",
        "queries_left_out": "queries without a relevant item were left out",
        "queries_for_train": "queries are for training",
        "queries_for_validation": "queries are for validation",
        "targets_masked": "users came back to an item that masking keeps out of the ranking",
    }
    return "; ".join(f"{facts[key]:,} {words}" for key, words in said.items() if facts.get(key))


def _chosen(one: Result) -> str:
    """The weights that a hybrid chose on validation queries."""
    weights = one.facts.get("chosen", {}).get("weights", [])
    if any(isinstance(weight, list) for weight in weights):  # those of a policy
        return ""
    said = " and ".join(f"{weight:g}" for weight in weights)
    return f"{one.system} on {one.variant or 'no vectors'} has the tuned weights {said}" if weights else ""


def geometry(results: Results) -> Table:
    """How each variant uses its dimensions."""
    whole = results.variants[results.params.variants[0]]["variance"] or 1.0
    header = [
        "vectors",
        "dim",
        "bytes per item",
        "variance kept",
        "components (80 %)",
        "(95 %)",
        "effective dims",
        "mean cosine",
    ]
    rows = []
    for name, facts in results.variants.items():
        size = [str(facts["dim"]), f"{facts['bytes_per_item']:,}", f"{facts['variance'] / whole:.1%}"]
        effective = [str(facts["effective_dim"][share]) for share in ("80%", "95%")]
        spread = [f"{facts['participation_ratio']:.1f}", f"{facts['mean_cosine']:.3f}"]
        rows.append([name, *size, *effective, *spread])
    return Table("Geometry of the item vectors", header, rows)


def render(results: Results, markdown: bool = False) -> str:
    """All tables, for a terminal or as Markdown."""
    parts = []
    for table in [*measured(results), geometry(results)]:
        if markdown:
            body = tabulate(table.rows, table.header, tablefmt="github", disable_numparse=True)
        else:
            body = _narrow(table)
        note = f"\n\n{table.note}." if table.note else ""
        parts.append(f"{'**' * markdown}{table.title}{'**' * markdown}\n\n{body}{note}")
    return "\n\n".join(parts)


def _narrow(table: Table) -> str:
    """A table for a terminal: no wider than it must be, and intervals without a zero before the point."""
    rows = [[re.sub(r"(?<=[\[ -])0\.(?=.*\])", ".", cell) for cell in row] for row in table.rows]
    widths = [max(map(len, column)) for column in zip(table.header, *rows, strict=True)]
    lines = [table.header, ["-" * width for width in widths], *rows]
    return "\n".join("  ".join(map(str.ljust, line, widths)).rstrip() for line in lines)


def _dim(results: Results, one: Result) -> str:
    return str(results.variants[one.variant]["dim"]) if one.variant else "-"


def _mean(statistics: dict[str, Any]) -> str:
    return f"{statistics['mean']:.4f} [{statistics['low']:.3f}, {statistics['high']:.3f}]"


def _spread(statistics: dict[str, Any]) -> str:
    return f"{statistics['sd_of_seeds']:.4f}" if "sd_of_seeds" in statistics else "-"
