from pathlib import Path

import pyarrow.compute as pc
import pytest

from itemvec.errors import TableError
from itemvec.files import read_parquet, write_parquet
from itemvec.report import Results
from itemvec.report.answers import answers
from itemvec.report.comparisons import compare
from tests.report.conftest import N


def test_variants_against_the_first_and_systems_against_baselines(results: Results, folder: Path) -> None:
    found = compare(results, "recommend", folder / "measures")
    assert [(one.left.cell, one.right.cell) for one in found] == [
        ("recommend/small-profile", "recommend/full-profile"),
        ("recommend/full-profile", "baseline/popular"),
    ]
    smaller, better = found
    assert smaller.difference == pytest.approx(34 / N - 36 / N)
    assert smaller.verdict == "no difference shown"
    assert better.difference == pytest.approx(36 / N - 12 / N)
    assert better.verdict == "better"
    assert better.low > 0.4
    assert smaller.p == pytest.approx(2 / 2**2, abs=0.05)  # two users differ, in one direction


def test_groups_are_compared_apart(results: Results, folder: Path) -> None:
    found = compare(results, "search", folder / "measures")
    assert [one.group for one in found] == ["constructed: even"] * 2 + ["constructed: odd"] * 2
    assert [one.verdict for one in found] == ["worse", "no difference shown"] * 2
    assert found[1].p == 1  # exact and bm25 answer the same queries
    assert str(found[0]).endswith("p < 0.001") or found[0].p >= 0.001


def test_answers_say_no_more_than_was_shown(results: Results, folder: Path) -> None:
    said = answers(results, {task: compare(results, task, folder / "measures") for task in ("recommend", "search")})
    assert said[0] == "Recommendation: profile on full has the highest hit@1, 0.9000 [0.800, 0.975]."
    assert said[1].startswith("Recommendation: profile on full against popular: better (+0.6000 [")
    assert said[2] == "Recommendation: profile: no loss shown down to small (2 dimensions) against full."
    assert said[-1] == "Search, constructed: odd: exact: every smaller variant is shown to lose against full."


def test_measures_of_other_queries_are_refused(results: Results, folder: Path) -> None:
    path = folder / "measures" / "baseline" / "popular.parquet"
    table = read_parquet(path)
    write_parquet(path, table.filter(pc.not_equal(table["id"], "q05")))
    with pytest.raises(TableError, match="were measured on different queries; run `dvc repro`"):
        compare(results, "recommend", folder / "measures")
