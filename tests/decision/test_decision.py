"""The whole decision of the small run: 40 queries, of which each cell answers a planted share."""

from typing import Any

import pytest

from itemvec.decision.answer import answer
from itemvec.decision.decision import metrics_of


def test_every_cell_has_its_mean_and_what_is_shown_of_it(decision: dict[str, Any]) -> None:
    cells = decision["tasks"]["search"]["groups"]["constructed: a"]["cells"]
    assert {key: one["mean"] for key, one in cells.items()} == {
        "exact on full": 1.0,
        "exact on small": 0.4,
        "bm25": 1.0,
    }
    assert cells["exact on full"]["among_best"]
    assert not cells["exact on small"]["among_best"]
    assert cells["bm25"]["cell"] == "baseline/bm25"


def test_the_metrics_are_flat_and_rounded_to_four_digits(decision: dict[str, Any]) -> None:
    decision["tasks"]["recommend"]["groups"]["users"]["cells"]["popular"]["mean"] = 1 / 3
    files = metrics_of(decision)
    assert set(files) == {"search", "recommend", "verdict"}
    assert files["recommend"] == {"profile on full": 0.8875, "profile on small": 0.8375, "popular": 0.3333}
    assert files["search"]["a / bm25"] == 1.0
    assert files["verdict"]["model"] == "minilm"
    assert all(not isinstance(value, (dict, list)) for values in files.values() for value in values.values())


def test_the_answer_begins_with_the_verdict(decision: dict[str, Any]) -> None:
    said = answer(decision)
    assert said.startswith("Recommendation: ")
    assert "\nSearch: " in said
    assert "queries were constructed" in said
    assert max(map(len, said.splitlines())) <= 100


def test_a_run_without_tasks_says_so() -> None:
    assert answer({"tasks": {}}).startswith("Nothing was measured")


@pytest.mark.parametrize("table", ["items", "interactions", "queries", "qrels"])
def test_tables_have_a_hash_each(decision: dict[str, Any], table: str) -> None:
    assert len(decision["inputs"][table]) == 16
    assert len(set(decision["inputs"].values())) == 4
