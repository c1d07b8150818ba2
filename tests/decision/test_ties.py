from dataclasses import replace
from pathlib import Path

import pytest

from itemvec.decision.decision import decide_all
from itemvec.decision.results import Results
from itemvec.decision.ties import tie_note
from itemvec.decision.values import Measures

K = 1  # of the first metric of the small run


def with_shares(results: Results, shares: dict[str, float]) -> Results:
    cells = [
        replace(one, facts=one.facts | ({f"tied@{K}": shares[one.key]} if one.key in shares else {}))
        for one in results.cells
    ]
    return replace(results, cells=cells)


@pytest.mark.parametrize(
    ("shares", "said"),
    [
        ({}, ""),
        ({"bm25": 0.01}, ""),
        (
            {"bm25": 0.16, "exact on full": 0.009},
            "ties at rank 1 were broken by a hash, for this share of the queries: 16% for bm25",
        ),
        (
            {"bm25": 0.02, "exact on full": 0.04},
            "ties at rank 1 were broken by a hash, for this share of the queries: 4% for exact on full, 2% for bm25",
        ),
        ({"popular": 0.5}, ""),  # of another task
    ],
)
def test_cells_with_more_than_a_hundredth_are_named(results: Results, shares: dict[str, float], said: str) -> None:
    assert tie_note(with_shares(results, shares), "search", "queries", f"hit@{K}") == said


def test_the_decision_says_so(results: Results, folder: Path) -> None:
    said = "ties at rank 1 were broken by a hash, for this share of the queries: 16% for bm25"
    measures = Measures.below(folder / "measures")
    for share, expected in ((0.16, True), (0.0, False)):
        decision = decide_all(with_shares(results, {"bm25": share}), measures, folder / "tables")
        assert (said in decision["tasks"]["search"]["notes"]) is expected
        assert said not in decision["tasks"]["recommend"]["notes"]
