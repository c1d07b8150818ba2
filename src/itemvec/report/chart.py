"""Quality against size, as positions for the drawing in the page's template."""

from __future__ import annotations

import math
from dataclasses import dataclass

from itemvec.decision.results import TASKS, Results, title

WIDTH, HEIGHT, MARGIN = 640, 300, 56  # of a drawing, in its own units
COLOURS = ("#0b6e99", "#c2410c", "#4d7c0f", "#7e22ce", "#be123c", "#0f766e")


@dataclass(frozen=True)
class Mark:
    """One variant: where it lies, where its interval ends, what it says."""

    x: float
    y: float
    low: float
    high: float
    label: str


@dataclass(frozen=True)
class Line:
    """One system: its marks, or for a baseline a level."""

    name: str
    colour: str
    marks: list[Mark]
    level: float | None


@dataclass(frozen=True)
class Chart:
    """One group of queries: bytes per item from left to right, on a logarithmic scale, the metric upwards."""

    title: str
    metric: str
    lines: list[Line]
    x_ticks: list[tuple[float, str]]
    y_ticks: list[tuple[float, str]]


def charts(results: Results) -> list[Chart]:
    """One chart per task and group of queries."""
    return [_chart(results, task, group) for task in TASKS for group in results.groups(task)]


def _chart(results: Results, task: str, group: str) -> Chart:
    metric = results.metrics(task)[0]
    cells = results.of(task)
    sizes = {name: int(facts["bytes_per_item"]) for name, facts in results.variants.items()}
    top = max(float(one.groups[group][metric]["high"]) for one in cells) or 1.0
    smallest, largest = math.log(min(sizes.values())), math.log(max(sizes.values()))

    def x(size: int) -> float:
        share = (math.log(size) - smallest) / (largest - smallest) if largest > smallest else 0.5
        return round(MARGIN + share * (WIDTH - 2 * MARGIN), 1)

    def y(value: float) -> float:
        return round(HEIGHT - MARGIN - value / top * (HEIGHT - 1.5 * MARGIN), 1)

    lines = []
    for number, system in enumerate(dict.fromkeys(one.system for one in cells)):
        marks, level = [], None
        for one in (one for one in cells if one.system == system):
            mean = one.groups[group][metric]
            if one.variant is None:
                level = y(mean["mean"])
            else:
                label = f"{system} on {one.variant}: {mean['mean']:.4f} [{mean['low']:.3f}, {mean['high']:.3f}]"
                marks.append(Mark(x(sizes[one.variant]), y(mean["mean"]), y(mean["low"]), y(mean["high"]), label))
        lines.append(Line(system, COLOURS[number % len(COLOURS)], sorted(marks, key=lambda mark: mark.x), level))
    x_ticks = [(x(size), f"{name} ({size:,} B)") for name, size in sizes.items()]
    y_ticks = [(y(top * part / 4), f"{top * part / 4:.3g}") for part in range(5)]
    return Chart(title(task, group, results.groups(task)), metric, lines, x_ticks, y_ticks)
