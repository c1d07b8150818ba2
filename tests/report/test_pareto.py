from dataclasses import replace
from pathlib import Path

import pytest

from itemvec.decision.results import Results
from itemvec.report.pareto import Point, points, section, smallest


def test_points_are_systems_on_variants(results: Results, folder: Path) -> None:
    full, small = points(results, "recommend", folder / "measures")
    assert (full.result.variant, full.dim, full.bytes_per_item, full.p, full.change) == ("full", 8, 32, 1, 0)
    assert small.change == pytest.approx(33.5 / 35.5 - 1)
    assert small.p > 0.5
    assert full.best
    assert small.best  # worse, but smaller


def test_what_is_larger_and_no_better_is_not_on_the_frontier(results: Results, folder: Path) -> None:
    for name, facts in results.variants.items():
        facts["bytes_per_item"] = {"full": 32, "small": 64}[name]
    assert [one.best for one in points(results, "recommend", folder / "measures")] == [True, False]


def test_the_variants_of_a_system_are_one_family(results: Results, folder: Path) -> None:
    first = results.of("search")
    full, small = first[0], first[1]
    cells = [full, small, replace(small, variant="other", cell=small.cell)]
    variants = {**results.variants, "other": results.variants["small"]}
    found = points(replace(results, cells=cells, variants=variants), "search", folder / "measures")
    assert found[0].p == 1.0
    assert found[1].p == found[2].p  # two copies cost no more than one
    assert found[1].p == points(results, "search", folder / "measures")[1].p


def said(results: Results, **sizes: tuple[int, float]) -> str:
    """What is said where variants have these bytes and p."""
    first = results.of("search")[0]
    found = [
        Point("constructed: a", replace(first, variant=name), 1, size, {}, -0.005, p, best=True)
        for name, (size, p) in sizes.items()
    ]
    return " ".join(smallest(results, found, "search"))


def test_the_smallest_that_holds_is_named(results: Results) -> None:
    words = said(results, full=(32, 1), a=(16, 0.01), b=(8, 0.04), c=(4, 0.06))
    assert words.startswith(
        "Search, constructed: a: exact: b (1 dimensions, 8 bytes) is the smallest shown to lose less"
    )
    assert words.endswith("than 1% of hit@1 against full: -0.5%, p = 0.040.")
    assert said(results, full=(32, 1), a=(16, 0.5), b=(8, 0.01)).startswith("Search, constructed: a: exact: b ")
    assert "nothing smaller is shown" in said(results, full=(32, 1), a=(16, 0.5))
    assert said(results, full=(32, 1), wide=(64, 0.01)) == ""


def test_a_table_per_group(results: Results, folder: Path) -> None:
    found = {task: points(results, task, folder / "measures") for task in ("recommend", "search")}
    tables = section(results, found).tables
    assert [table.title for table in tables] == [
        "Recommendation",
        "Search, constructed: a",
        "Search, constructed: b",
    ]
    assert tables[0].rows[0][:5] == ["profile", "full", "8", "32", f"{2 * 32 / 10e9 * 1e3:.3g}"]
    assert tables[0].rows[0][6:] == ["-", "yes"]
    assert tables[0].header[5] == "hit@1"
