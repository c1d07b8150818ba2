"""The few sentences a reader came for."""

from __future__ import annotations

from itemvec.report.comparisons import Comparison
from itemvec.report.results import TASKS, Result, Results
from itemvec.report.tables import TITLES


def answers(results: Results, comparisons: dict[str, list[Comparison]]) -> list[str]:
    """What may be said of each group of queries: the best system, what it beats, how small the vectors can be."""
    said = []
    for task in TASKS:
        for group in results.groups(task):
            where = TITLES[task] if group == task else f"{TITLES[task]}, {group}"
            found = [one for one in comparisons[task] if one.group == group]
            said.append(f"{where}: {_best(results, task, group)}")
            said += [f"{where}: {sentence}" for sentence in (*_against_baselines(found), *_smallest(results, found))]
    return said


def _best(results: Results, task: str, group: str) -> str:
    metric = results.metrics(task)[0]
    best = max(results.of(task), key=lambda one: float(one.groups[group][metric]["mean"]))
    mean = best.groups[group][metric]
    return f"{name(best)} has the highest {metric}, {mean['mean']:.4f} [{mean['low']:.3f}, {mean['high']:.3f}]."


def _against_baselines(found: list[Comparison]) -> list[str]:
    return [
        f"{name(one.left)} against {name(one.right)}: {one.verdict} ({one})."
        for one in found
        if one.right.variant is None
    ]


def _smallest(results: Results, found: list[Comparison]) -> list[str]:
    """For each system the smallest variant that is not shown to lose anything."""
    sentences = []
    systems = dict.fromkeys(one.left.system for one in found if one.right.variant is not None)
    for system in systems:
        sizes = {}
        for one in found:
            if one.left.system == system and one.left.variant and one.right.variant and one.verdict != "worse":
                sizes[one.left.variant] = results.variants[one.left.variant]["dim"]
        whole = results.params.variants[0]
        if sizes:
            smallest = min(sizes, key=lambda variant: int(sizes[variant]))
            sentences.append(
                f"{system}: no loss shown down to {smallest} ({sizes[smallest]} dimensions) against {whole}."
            )
        else:
            sentences.append(f"{system}: every smaller variant is shown to lose against {whole}.")
    return sentences


def name(one: Result) -> str:
    """A system and the vectors it ran on."""
    return f"{one.system} on {one.variant}" if one.variant else one.system
