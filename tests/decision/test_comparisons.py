import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from itemvec.core.errors import TableError
from itemvec.core.files import read_parquet, write_parquet
from itemvec.decision.comparisons import against_best, compare
from itemvec.decision.results import Results
from itemvec.decision.standings import rank_group
from itemvec.decision.values import Measures
from itemvec.metrics import Spread, compare_family
from itemvec.report.summary import answers
from tests.report.conftest import N


def test_variants_against_the_first_and_systems_against_baselines(results: Results, folder: Path) -> None:
    found = compare(results, "recommend", Measures.below(folder / "measures"))
    assert [(one.left.cell, one.right.cell) for one in found] == [
        ("recommend/profile/small", "recommend/profile/full"),
        ("recommend/profile/full", "baseline/popular"),
    ]
    smaller, better = found
    assert smaller.difference == pytest.approx(33.5 / N - 35.5 / N)  # of 34 and 33, and 36 and 35, right answers
    assert smaller.verdict == "no significant difference"
    assert better.difference == pytest.approx(35.5 / N - 12 / N)
    assert better.verdict == "better"
    assert better.low > 0.2


def test_intervals_know_of_the_seeds(results: Results, folder: Path) -> None:
    better = compare(results, "recommend", Measures.below(folder / "measures"))[1]
    error = np.std([36 / N, 35 / N], ddof=1) / 2**0.5
    assert better.difference - better.low > 1.96 * error


def test_queries_of_four_owners_are_four(results: Results, folder: Path) -> None:
    """Of four that gain 0.5875, one in three could lose all: 1 - 0.5875 / 1.5875 of them four times.

    The pair has the best cell in it, so p is of one side.
    """
    better = compare(results, "recommend", Measures.below(folder / "measures"))[1]
    assert better.p < 0.05
    for path in sorted((folder / "measures").glob("[rb]*/**/*.parquet")):
        table = read_parquet(path)
        owners = pa.array([f"o{int(name[1:]) % 4}" for name in table["id"].to_pylist()])
        write_parquet(path, table.set_column(table.column_names.index("owner"), "owner", owners))
    assert compare(results, "recommend", Measures.below(folder / "measures"))[1].p > (1 / 1.5875) ** 4 - 0.02


def test_a_family_is_one_metric_of_one_group(results: Results, folder: Path) -> None:
    measures = Measures.below(folder / "measures")
    found = [one for one in compare(results, "search", measures) if one.group == "constructed: b"]
    assert [one.metric for one in found] == ["hit@1", "hit@1", "mrr@1", "mrr@1"]
    cells = ["search/exact/small", "search/exact/full", "baseline/bm25"]
    values = measures.of(cells, "constructed: b", ["hit@1"] * 3)
    family = compare_family(values.means[:, [0, 1]] - values.means[:, [1, 2]], [Spread()] * 2, results.params.seed)
    assert [one.metric for one in found[2:]] == ["mrr@1", "mrr@1"]  # equal values, and no verdict reads them
    assert [one.p for one in found[2:]] == pytest.approx(family.p)
    assert [one.low for one in found[2:]] == pytest.approx(family.low)


def test_what_concerns_the_best_is_what_the_verdict_says(results: Results, folder: Path) -> None:
    measures = Measures.below(folder / "measures")
    group = rank_group(results, "search", "constructed: b", measures, 0.01)
    (worse,) = (one for one in against_best(group) if one.left.variant == "small")
    found = compare(results, "search", measures)
    (same,) = (one for one in found if (one.group, one.metric, one.left) == (group.name, "hit@1", worse.left))
    assert same == worse
    standing = next(one for one in group.standings if one.result == worse.left)
    assert (worse.verdict == "worse") == (not standing.among_best)
    assert worse.turned.verdict == "better"


def test_groups_are_compared_apart(results: Results, folder: Path) -> None:
    """Of 40 queries the first 32 are right on full and the first 8 on small; group a has the first 20."""
    found = compare(results, "search", Measures.below(folder / "measures"))
    differences = {(one.group, one.metric, one.right.cell): one.difference for one in found}
    assert differences["constructed: a", "hit@1", "search/exact/full"] == pytest.approx(8 / 20 - 20 / 20)
    assert differences["constructed: b", "hit@1", "search/exact/full"] == pytest.approx(0 - 12 / 20)
    assert differences["constructed: b", "mrr@1", "baseline/bm25"] == 0


def test_answers_say_what_was_shown(results: Results, folder: Path) -> None:
    said = answers(
        results, {task: compare(results, task, Measures.below(folder / "measures")) for task in ("recommend", "search")}
    )
    assert said[0].startswith("Recommendation: profile on full has the highest hit@1, 0.8875 [0.6")
    assert said[1].startswith("Recommendation: profile on full against popular in hit@1: better, +0.5875 [")
    assert said[-1].startswith("Search, constructed: b: exact on full against bm25 in hit@1: no significant difference")


def test_measures_of_other_queries_are_refused(results: Results, folder: Path) -> None:
    path = folder / "measures" / "baseline" / "popular.parquet"
    table = read_parquet(path)
    write_parquet(path, table.filter(pc.not_equal(table["id"], "q05")))
    with pytest.raises(TableError, match="were measured on different queries; run `dvc repro`"):
        compare(results, "recommend", Measures.below(folder / "measures"))


def test_systems_on_the_first_variant_are_compared_with_one_another(results: Results, folder: Path) -> None:
    """A second retriever, whose cells are copies of the first one's."""
    params = replace(results.params, retrievers=["exact", "other"])
    shutil.copytree(folder / "measures/search/exact", folder / "measures/search/other")
    exact = [one for one in results.cells if one.system == "exact"]
    others = [replace(one, system="other", cell=one.cell.replace("exact", "other")) for one in exact]
    two = replace(results, params=params, cells=[*results.cells, *others])
    found = {
        (one.left.system, one.right.system, one.left.variant)
        for one in compare(two, "search", Measures.below(folder / "measures"))
    }
    assert found == {
        *(("exact", "exact", "small"), ("other", "other", "small"), ("exact", "other", "full")),
        *(("exact", "bm25", "full"), ("other", "bm25", "full")),
    }
    said = answers(two, {"recommend": [], "search": compare(two, "search", Measures.below(folder / "measures"))})
    assert any("exact on full against other on full in hit@1: no significant difference" in one for one in said)


@pytest.mark.parametrize("first", ["baseline/bm25", "search/exact/small"])
def test_a_reranker_is_compared_with_what_it_reordered(results: Results, folder: Path, first: str) -> None:
    """A reranker whose measures are those of bm25."""
    params = replace(results.params, rerankers=["cross"], rerank=replace(results.params.rerank, first=first))
    (bm25,) = (one for one in results.cells if one.system == "bm25")
    reranked = replace(bm25, system="cross", cell="rerank/cross")
    (folder / "measures" / "rerank").mkdir()
    (folder / "measures" / "rerank" / "cross.parquet").symlink_to(folder / "measures" / "baseline" / "bm25.parquet")
    found = compare(
        replace(results, params=params, cells=[*results.cells, reranked]), "search", Measures.below(folder / "measures")
    )
    pairs = {(one.left.cell, one.right.cell) for one in found if "cross" in (one.left.system, one.right.system)}
    assert pairs == {("rerank/cross", first)}
