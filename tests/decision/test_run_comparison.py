from pathlib import Path

import pyarrow.compute as pc
import pytest

from itemvec.core.errors import ItemvecError, TableError
from itemvec.core.files import read_parquet, write_parquet
from itemvec.decision.comparisons import all_shown
from itemvec.decision.results import Results
from itemvec.decision.run_comparison import compare_runs
from itemvec.decision.values import Measures


def test_all_pairs_are_compared_in_all_metrics_and_groups(folder: Path) -> None:
    """Of 40 queries the first 32 are right in two runs, the first 8 in the third."""
    said = compare_runs(["search/exact/full", "search/exact/small", "baseline/bm25"], folder / "measures", 1, {})
    tables = said.split("constructed: b (20)")
    assert tables[0].startswith("constructed: a (20)")
    for table, (left, right) in zip(tables, [("+0.6000", "-0.6000"), ("+0.6000", "-0.6000")], strict=True):
        rows = [line for line in table.splitlines() if line.startswith(("search", "baseline"))]
        assert [row.split()[:2] for row in rows] == [
            ["search/exact/full", "search/exact/small"],
            ["search/exact/full", "baseline/bm25"],
            ["search/exact/small", "baseline/bm25"],
        ]
        assert rows[0].count(f"better, {left}") == 2  # two metrics
        assert rows[1].count("no significant difference, +0.0000 [-") == 2
        assert rows[2].count(f"worse, {right}") == 2


def test_a_comparison_of_the_report_is_not_made_again(results: Results, folder: Path) -> None:
    known = all_shown(results, "search", Measures.below(folder / "measures"))
    bm25, full = "baseline/bm25", "search/exact/full"
    said = compare_runs([bm25, full], folder / "measures", 1, known)
    assert str(known["constructed: a", "hit@1", bm25, full]) in said
    assert "as in the verdict and the report" in said
    assert "*" not in said
    with_another = compare_runs([bm25, full, "search/exact/small"], folder / "measures", 1, known)
    assert str(known["constructed: a", "hit@1", bm25, full]) in with_another


def test_metrics_that_both_have_are_compared(folder: Path) -> None:
    path = folder / "measures" / "baseline" / "bm25.parquet"
    write_parquet(path, read_parquet(path).drop_columns(["hit@1"]))
    said = compare_runs(["search/exact/full", "baseline/bm25"], folder / "measures", 1, {})
    assert "mrr@1" in said
    assert "hit@1" not in said
    write_parquet(path, read_parquet(path).drop_columns(["mrr@1"]))
    with pytest.raises(TableError, match="measured in different metrics"):
        compare_runs(["search/exact/full", "baseline/bm25"], folder / "measures", 1, {})


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (["search/exact/full", "baseline/bm52"], "has no run 'baseline/bm52'; did you mean 'baseline/bm25'?"),
        (["search/exact/full"], "name at least two runs"),
        (["search/exact/full", "search/exact/full"], "each once"),
        (["search/exact/full", "../results/embed"], "has no run"),
        (["search/exact/full", "recommend/profile/full"], "were measured on different queries"),
    ],
)
def test_what_cannot_be_compared_is_refused(folder: Path, cells: list[str], said: str) -> None:
    with pytest.raises(ItemvecError, match=said):
        compare_runs(cells, folder / "measures", 1, {})


def test_other_queries_are_refused(folder: Path) -> None:
    path = folder / "measures" / "baseline" / "bm25.parquet"
    table = read_parquet(path)
    write_parquet(path, table.filter(pc.not_equal(table["id"], "q05")))
    with pytest.raises(TableError, match="were measured on different queries"):
        compare_runs(["search/exact/full", "baseline/bm25"], folder / "measures", 1, {})
