from pathlib import Path

import pytest

from itemvec.core.errors import TableError
from itemvec.core.params import Params
from itemvec.decision.results import Results, collect


def test_cells_are_named_by_the_params(results: Results) -> None:
    assert [one.cell for one in results.of("recommend")] == [
        "recommend/profile/full",
        "recommend/profile/small",
        "baseline/popular",
    ]
    assert [one.variant for one in results.of("search")] == ["full", "small", None]
    assert results.groups("search") == ["constructed: a", "constructed: b"]
    assert results.groups("recommend") == ["users"]
    assert results.constructed == ["constructed: a", "constructed: b"]


def test_files_of_rows_no_longer_selected_are_not_looked_at(params: Params, folder: Path) -> None:
    (folder / "results" / "recommend" / "profile" / "old.json").write_text("torn")
    assert len(collect(params, folder / "results").cells) == 6


def test_a_missing_cell_says_what_to_run(params: Params, folder: Path) -> None:
    (folder / "results" / "search" / "exact/small.json").unlink()
    said = r"exact/small\.json: is not there, so search exact small was not measured yet: run `dvc repro`"
    with pytest.raises(TableError, match=said):
        collect(params, folder / "results")
