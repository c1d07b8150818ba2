"""The leaderboard in words and tables: for a terminal, a comment, a page."""

from __future__ import annotations

from textwrap import fill
from typing import Any

from tabulate import tabulate

from itemvec.decision.diff_text import WIDTH, plain
from itemvec.decision.leaderboard import Column, Entry, Leaderboard
from itemvec.decision.results import TITLES
from itemvec.decision.scaling import scaling_lines

HEADER = ["model", "mean", "against the best [95 %]", "verdict"]
MARKS = "worse: shown worse than the best; =: shown to lose less than the tolerance; ~: neither is shown."
COST = "What they cost: bytes of an item as float32; seconds of encoding, where this machine has done it"
COSTS = [
    "model",
    "state",
    "dim",
    "bytes",
    "parameters",
    "licence",
    "tokens",
    "seconds",
    "dollars",
    "its own verdict",
]


def sentences(found: Leaderboard) -> list[str]:
    """Which model to use, a sentence for each task."""
    return [_sentence(found, task) for task in dict.fromkeys(one.task for one in found.columns)]


def _sentence(found: Leaderboard, task: str) -> str:
    left, choice = found.choice(task)
    columns = [one for one in found.columns if one.task == task]
    by = f"by {columns[0].key}"
    n_models = f"{len(found.entries)} models"
    if len(found.entries) == 1:
        return (
            f"{TITLES[task]}: {found.entries[0].model} is the only model that was tried; queue more with itemvec sweep."
        )
    if choice is not None:
        why = (
            f"the only one of {n_models} that is not shown worse than the best"
            if len(left) == 1
            else f"the cheapest of {n_models} that is shown to lose less than {columns[0].tolerance:.0%} to the best"
        )
        groups = [f"{one.group}: " if len(columns) > 1 else "" for one in columns]
        means = "; ".join(f"{group}{_mean(found, one, choice)}" for group, one in zip(groups, columns, strict=True))
        return f"{TITLES[task]}: use {choice.model} ({_size(choice)}), {why}, {by}. {columns[0].metric}: {means}."
    if left:
        names = ", ".join(one.model for one in left)
        tolerance = f"{columns[0].tolerance:.0%}"
        return (
            f"{TITLES[task]}: undecided between {names}: none of them is shown worse than the best of {n_models}, and "
            f"none to lose less than {tolerance}, {by}; until then {left[0].model}, the cheapest ({_size(left[0])})."
        )
    best = "; ".join(f"{one.group}: {found.entries[_best(one)].model} {max(one.means):.4f}" for one in columns)
    return f"{TITLES[task]}: no model is among the best in every group of queries, {by}; highest: {best}."


def _best(column: Column) -> int:
    return max(range(len(column.means)), key=lambda i: column.means[i])


def _mean(found: Leaderboard, column: Column, entry: Entry) -> str:
    place, best = found.entries.index(entry), _best(column)
    against = "the highest" if place == best else f"highest {column.means[best]:.4f} by {found.entries[best].model}"
    return f"{column.means[place]:.4f} ({against})"


def _size(entry: Entry) -> str:
    parameters = entry.facts.get("parameters")
    return f"{parameters / 1e6:,.1f} M parameters, {entry.dim} d" if parameters else f"{entry.dim} d"


def tables(found: Leaderboard) -> list[tuple[str, list[str], list[list[str]]]]:
    """A title, a header and rows for each group of queries, the best model first; then what each model costs."""
    made = []
    for one in found.columns:
        units = "users" if one.task == "recommend" else "queries"
        order = sorted(range(len(one.means)), key=lambda i: -one.means[i])
        title = f"{one.title}, {one.key}: {one.metric} over {one.n_units:,} {units}"
        made.append((title, HEADER, [_row(found, one, place) for place in order]))
    return [*made, (COST, COSTS, [_costs(one) for one in found.entries])]


def _row(found: Leaderboard, column: Column, place: int) -> list[str]:
    model, mean = plain(found.entries[place].model), f"{column.means[place]:.4f}"
    best = _best(column)
    if place == best:
        others = [i for i in range(len(column.means)) if i != place]
        alone = bool(others) and not column.shown.may_be_best[others].any()
        return [model, mean, "", "best" if alone else "highest"]
    low, high = -column.shown.upper[best, place], column.shown.upper[place, best]
    difference = column.means[place] - column.means[best]
    said = "worse" if not column.shown.may_be_best[place] else "=" if column.kept[place] else "~"
    return [model, mean, f"{difference:+.4f} [{low:+.3f}, {high:+.3f}]", said]


def _costs(entry: Entry) -> list[str]:
    facts, tasks = entry.facts, entry.state.decision["tasks"]
    state = " ".join(filter(None, (entry.state.name, entry.state.commit)))
    numbers = [f"{facts[name]:,}" if facts.get(name) else "-" for name in ("parameters", "tokens")]
    verdicts = "; ".join(f"{task}: {one['verdict']}" for task, one in tasks.items() if "verdict" in one)
    dollars = "-" if facts.get("cost") is None else f"{facts['cost']:.4f}"
    seconds = "-" if entry.seconds is None else f"{entry.seconds:,.1f}"
    size = [f"{entry.dim:,}", f"{4 * entry.dim:,}", numbers[0], facts.get("licence") or "-"]
    return [plain(one) for one in (entry.model, state, *size, numbers[1], seconds, dollars, verdicts)]


def left_out(found: Leaderboard) -> list[str]:
    """States that are not compared, and why."""
    return [f"Left out: {plain(name)}: {plain(reason)}." for name, reason in found.left_out]


def as_text(found: Leaderboard, markdown: bool = False) -> str:
    """The conclusion, a table for each group, the costs, and what was left out."""
    form, mark = ("github", "**") if markdown else ("simple", "")
    said = [f"{mark}{one}{mark}" if markdown else fill(one, WIDTH, subsequent_indent="  ") for one in sentences(found)]
    parts = ["\n\n".join(said) if markdown else "\n".join(said)]
    for title, header, rows in tables(found):
        body = tabulate(_escaped(rows) if markdown else rows, header, form, disable_numparse=True)
        parts.append(f"{mark}{title}{mark}\n\n{body}")
    parts.append(MARKS)
    said = [one if markdown else fill(one, WIDTH, subsequent_indent="  ") for one in scaling_lines(found)]
    return "\n\n".join([*parts, *said, *left_out(found)])


def _escaped(rows: list[list[str]]) -> list[list[str]]:
    return [[cell.replace("|", "\\|").replace("<", "&lt;") for cell in row] for row in rows]


def as_data(found: Leaderboard) -> dict[str, Any]:
    """For programs."""
    return {
        "conclusion": sentences(found),
        "models": [
            {
                "model": one.model,
                "state": one.state.name,
                "commit": one.state.commit,
                "dim": one.dim,
                "seconds": one.seconds,
            }
            | one.facts
            for one in found.entries
        ],
        "groups": [
            {
                "task": one.task,
                "group": one.group,
                "metric": one.metric,
                "cell": one.key,
                "units": one.n_units,
                "means": one.means,
                "low": one.shown.low.tolist(),
                "high": one.shown.high.tolist(),
                "may_be_best": one.shown.may_be_best.tolist(),
                "loses_little": one.kept,
            }
            for one in found.columns
        ],
        "scaling": scaling_lines(found),
        "left_out": [{"state": name, "reason": reason} for name, reason in found.left_out],
    }
