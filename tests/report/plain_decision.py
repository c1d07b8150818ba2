"""A decision in the form of decision.json, with the means of a run and nothing decided; made at once."""

from pathlib import Path
from typing import Any

from itemvec.core.files import write_json
from itemvec.decision.results import TASKS, Results
from itemvec.report import write_report


def written(results: Results, folder: Path, page: Path, decision: dict[str, Any] | None = None) -> None:
    """Write the page of a run, in which no model was saved for comparison."""
    write_json(folder / "decision.json", decision or plain_decision(results))
    write_json(folder / "models.json", {})
    write_report(results, folder, folder / "decision.json", folder / "models.json", page, folder / "quality.csv")


def plain_decision(results: Results) -> dict[str, Any]:
    params = results.params
    return {
        "model": params.model,
        "dim": 8,
        "tolerance": 0.01,
        "inputs": {"items": "0" * 16, "qrels": "1" * 16},
        "tasks": {task: _task(results, task) for task in TASKS if results.of(task)},
    }


def _task(results: Results, task: str) -> dict[str, Any]:
    metric = results.metrics(task)[0]
    groups: dict[str, Any] = {}
    for group in results.groups(task):
        means = {one.key: {"mean": float(one.groups[group][metric]["mean"])} for one in results.of(task)}
        groups[group] = {"cells": means}
    return {
        "metric": metric,
        "unit": "users" if task == "recommend" else "queries",
        "verdict": "undecided: none is best in all",
        "left": [],
        "more": {},
        "notes": [],
        "text": [],
        "groups": groups,
    }
