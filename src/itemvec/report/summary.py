"""The few sentences a reader came for."""

from __future__ import annotations

from itemvec.decision.comparisons import Comparison
from itemvec.decision.results import TASKS, Result, Results, title


def answers(results: Results, comparisons: dict[str, list[Comparison]]) -> list[str]:
    """What may be said of each group of queries: the best system, and what it beats."""
    said = []
    for task in TASKS:
        groups = results.groups(task)
        for group in groups:
            found = [one for one in comparisons[task] if one.group == group]
            sentences = [
                _best(results, task, group),
                *_against_others(found, results.metrics(task)[0]),
            ]
            said += [f"{title(task, group, groups)}: {sentence}" for sentence in sentences]
    return said


def _best(results: Results, task: str, group: str) -> str:
    metric = results.metrics(task)[0]
    best = max(results.of(task), key=lambda one: float(one.groups[group][metric]["mean"]))
    mean = best.groups[group][metric]
    return f"{name(best)} has the highest {metric}, {mean['mean']:.4f} [{mean['low']:.3f}, {mean['high']:.3f}]."


def _against_others(found: list[Comparison], metric: str) -> list[str]:
    """Systems against one another and against baselines."""
    return [
        f"{name(one.left)} against {name(one.right)} in {metric}: {one}."
        for one in found
        if one.right.system != one.left.system and one.metric == metric
    ]


def name(one: Result) -> str:
    """A system and the vectors it ran on."""
    return f"{one.system} on {one.variant}" if one.variant else one.system
