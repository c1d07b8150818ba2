"""Quality against size, one drawing per task and group of queries: what is drawn, at which place."""

from __future__ import annotations

import math
from dataclasses import dataclass

from itemvec.core.text import metric_name
from itemvec.decision.results import TASKS, Result, Results, title
from itemvec.report.drawing import BOTTOM, HEAD, HEIGHT, LEFT, RIGHT, SHAPES, WIDTH, Chart, Level, Mark, Name, System
from itemvec.report.scale import decimals, round_ticks, size_ticks, spread

LABELS = 82  # right margin for the names of baselines
LETTER, LINE, APART = 6.6, 13.0, 8.0  # width and height of a letter; least distance of two dots
LONGEST = 11  # letters of a name in the drawing
COLOURS = 6  # of the style sheet


def charts(results: Results) -> list[Chart]:
    """One chart per task and group of queries in which something has vectors."""
    return [
        _chart(results, task, group)
        for task in TASKS
        for group in results.groups(task)
        if any(one.variant for one in results.of(task))
    ]


def _chart(results: Results, task: str, group: str) -> Chart:
    metric, cells = results.metrics(task)[0], results.of(task)
    of_vectors = [one for one in cells if one.variant is not None]
    others = [one for one in cells if one.variant is None]
    right = WIDTH - (LABELS if others else RIGHT)
    sizes = {name: int(facts["bytes_per_item"]) for name, facts in results.variants.items()}
    x = _Axis(math.log2(min(sizes.values())), math.log2(max(sizes.values())), LEFT + 26.0, right - 26.0)
    at = {name: x.place(math.log2(size)) for name, size in sizes.items()}
    names = _names(at, right)
    top = max(one.y for one in names) + 3
    means = [one.groups[group][metric] for one in cells]
    shown = [float(mean[end]) for mean in means for end in ("low", "high")]
    y = _Axis(min(shown), max(shown), HEIGHT - BOTTOM - 8.0, top + 6)
    y_ticks = round_ticks(min(shown), max(shown), 7)
    digits = decimals(y_ticks)
    x_ticks = size_ticks(2 ** x.value(LEFT + 8), 2 ** x.value(right - 8), 5)
    return Chart(
        title(task, group, results.groups(task)),
        metric_name(metric),
        top,
        right,
        [(x.place(math.log2(tick)), f"{tick:,}") for tick in x_ticks],
        [(y.place(tick), f"{tick:.{digits}f}") for tick in y_ticks],
        names,
        _systems(of_vectors, group, metric, at, y, right),
        _levels(others, group, metric, y, top),
    )


@dataclass(frozen=True)
class _Axis:
    """From numbers to places, in proportion; one number alone lies in the middle."""

    low: float
    high: float
    start: float
    end: float

    def place(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low) if self.high > self.low else 0.5
        return round(self.start + share * (self.end - self.start), 1)

    def value(self, place: float) -> float:
        span = self.high - self.low or 2.0
        low = self.low if self.high > self.low else self.low - 1
        return low + (place - self.start) / (self.end - self.start) * span


def _names(at: dict[str, float], right: float) -> list[Name]:
    """Names of the variants above the drawing, each in the first row in which it does not touch another."""
    ends: list[float] = []
    found = []
    for name, x in sorted(at.items(), key=lambda one: one[1]):
        text = short(name)
        half = len(text) * LETTER / 2
        middle = round(min(max(x, half), right - half + RIGHT), 1)
        row = next((i for i, end in enumerate(ends) if middle - half > end + LETTER), len(ends))
        ends[row : row + 1] = [middle + half]
        found.append(Name(x, middle, HEAD + LINE * (row + 1) - 3, text))
    return found


def _systems(
    cells: list[Result], group: str, metric: str, at: dict[str, float], y: _Axis, right: float
) -> list[System]:
    systems = list(dict.fromkeys(one.system for one in cells))
    ordered = sorted(cells, key=lambda one: (at[str(one.variant)], systems.index(one.system)))
    places = spread([at[str(one.variant)] for one in ordered], APART, LEFT + 6, right - 6)
    x = {one.key: round(place, 1) for one, place in zip(ordered, places, strict=True)}
    return [
        System(
            name,
            number % COLOURS,
            SHAPES[number % len(SHAPES)],
            [_mark(one, group, metric, x[one.key], y) for one in ordered if one.system == name],
        )
        for number, name in enumerate(systems)
    ]


def _mark(one: Result, group: str, metric: str, x: float, y: _Axis) -> Mark:
    mean = one.groups[group][metric]
    return Mark(x, y.place(mean["mean"]), y.place(mean["low"]), y.place(mean["high"]), _said(one, mean))


def _levels(cells: list[Result], group: str, metric: str, y: _Axis, top: float) -> list[Level]:
    means = [one.groups[group][metric] for one in cells]
    lines = [y.place(mean["mean"]) for mean in means]
    labels = spread(lines, LINE, top + 4, HEIGHT - BOTTOM - 2)
    return [
        Level(short(one.system), line, round(label, 1), _said(one, mean))
        for one, mean, line, label in zip(cells, means, lines, labels, strict=True)
    ]


def _said(one: Result, mean: dict[str, float]) -> str:
    return f"{one.key}: {mean['mean']:.4f} [{mean['low']:.3f}, {mean['high']:.3f}]"


def short(name: str) -> str:
    """A name that fits beside a drawing."""
    return name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…"
