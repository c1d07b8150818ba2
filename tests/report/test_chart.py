from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from itemvec.decision.results import Results
from itemvec.report.chart import APART, LETTER, LINE, charts
from itemvec.report.drawing import HEIGHT, WIDTH


def test_one_drawing_for_each_task_and_group(results: Results) -> None:
    recommend, *search = charts(results)
    assert [one.title for one in (recommend, *search)] == [
        "Recommendation",
        "Search, constructed: a",
        "Search, constructed: b",
    ]
    assert [system.name for system in recommend.systems] == ["profile"]
    assert [level.name for level in recommend.levels] == ["popular"]
    assert [name.text for name in recommend.names] == ["small", "full"]


def test_higher_is_better_and_further_right_is_larger(results: Results) -> None:
    small, full = charts(results)[0].systems[0].marks
    assert small.label.startswith("profile on small: 0.8375 [")
    assert small.x < full.x
    assert small.y > full.y  # the worse lies lower; y grows downwards
    for mark in (small, full):
        assert mark.high < mark.y < mark.low


def test_places_are_in_proportion_to_values(results: Results) -> None:
    chart = charts(results)[1]
    ticks = [(float(label), at) for at, label in chart.y_ticks]
    rises = [(high - low) / (above - below) for (low, below), (high, above) in pairwise(ticks)]
    assert rises == pytest.approx([rises[0]] * len(rises), rel=0.02)
    (value, at), slope = ticks[0], rises[0]
    means = {one.variant: one.groups["constructed: a"]["hit@1"]["mean"] for one in results.of("search")}
    for mark, variant in zip(chart.systems[0].marks, ("small", "full"), strict=True):
        assert at + (means[variant] - value) / slope == pytest.approx(mark.y, abs=1)


def crowded(results: Results) -> Results:
    """Six variants of nearly one size, four systems on each, and six baselines of one quality."""
    sizes = {f"variant-{number}": 384 + number for number in range(6)}
    first = results.of("search")[0]
    cells = [
        replace(first, system=system, variant=variant, cell=f"search/{system}/{variant}")
        for system in ("a", "b", "c", "d")
        for variant in sizes
    ]
    cells += [replace(first, system=f"baseline-of-a-long-name-{number}", variant=None) for number in range(6)]
    variants = {name: {"bytes_per_item": size, "dim": 96} for name, size in sizes.items()}
    return replace(results, cells=cells, variants=variants)


def test_nothing_overlaps_in_a_crowd(results: Results) -> None:
    chart = charts(crowded(results))[0]
    places = sorted(mark.x for system in chart.systems for mark in system.marks)
    assert len(places) == 24
    assert all(right - left >= APART - 0.11 for left, right in pairwise(places))
    labels = sorted(level.label_y for level in chart.levels)
    assert all(below - above >= LINE - 0.11 for above, below in pairwise(labels))
    for one in chart.names:
        for other in chart.names:
            if one != other and one.y == other.y:
                assert abs(one.text_x - other.text_x) > LETTER * len(one.text)
    assert all(one.y < chart.top for one in chart.names)


def test_all_lies_inside(results: Results) -> None:
    for one in (*charts(results), charts(crowded(results))[0]):
        for name in one.names:
            assert LETTER * len(name.text) / 2 <= name.text_x <= WIDTH - LETTER * len(name.text) / 2
        for level in one.levels:
            assert one.right + 7 + LETTER * len(level.name) <= WIDTH
            assert one.top <= level.y <= one.bottom
        for system in one.systems:
            for mark in system.marks:
                assert one.top <= mark.high <= mark.low <= one.bottom < HEIGHT


def test_without_vectors_there_is_no_drawing(results: Results, folder: Path) -> None:
    assert charts(replace(results, cells=[one for one in results.cells if one.variant is None])) == []
