"""The rule of the verdict, on standings written by hand."""

from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from itemvec.decision.results import Result, Results
from itemvec.decision.standings import Group, Standing
from itemvec.decision.values import Values
from itemvec.decision.verdict import Verdict, cost, decide
from itemvec.metrics import best_set

Row = tuple[float, float, bool]  # lower and upper end of the distance to the best, and whether little loss is shown


def group(results: Results, name: str, rows: dict[str, Row]) -> Group:
    """A group in which each cell has the mean 0.5, less what its upper end is below zero."""
    known = {one.key: one for one in results.of("search")}
    standings = [
        Standing(known[key], 0.5 + min(0, high), low, high, high >= 0, kept) for key, (low, high, kept) in rows.items()
    ]
    values = [np.full((4, 1), one.mean) + np.array([[0.1], [-0.1], [0.1], [-0.1]]) for one in standings]
    ids = pa.array(list("abcd"))
    given = Values(values, ids, ids, pa.array(range(4)))
    return Group(name, "hit@1", standings, given, best_set(given.means, given.seeds, 1, draws=99))


def verdict(results: Results, *groups: dict[str, Row]) -> Verdict:
    return decide(results, "search", [group(results, f"group {i}", rows) for i, rows in enumerate(groups)], 0.01)


LEFT: Row = (-0.1, 0.1, False)
KEPT: Row = (-0.001, 0.1, True)
WORSE: Row = (-0.3, -0.1, False)


def test_the_cheapest_that_is_shown_to_lose_little_is_chosen(results: Results) -> None:
    found = verdict(results, {"exact on full": KEPT, "exact on small": KEPT, "bm25": WORSE})
    assert found.choice is not None
    assert found.choice.key == "exact on small"
    assert found.words == "exact on small"
    assert found.sentence.startswith(
        "Search: use exact on small (8 bytes an item): shown to lose less than 1% to the best"
    )


def test_what_is_shown_worse_in_one_group_is_out(results: Results) -> None:
    small_is_worse = {"exact on full": KEPT, "exact on small": WORSE, "bm25": WORSE}
    found = verdict(results, {"exact on full": KEPT, "exact on small": KEPT, "bm25": WORSE}, small_is_worse)
    assert [one.key for one in found.left] == ["exact on full"]
    assert found.words == "exact on full"
    assert "the only one not shown worse than the best of 3" in found.sentence


def test_a_single_one_left_needs_no_further_proof(results: Results) -> None:
    assert verdict(results, {"exact on full": LEFT, "exact on small": WORSE, "bm25": WORSE}).words == "exact on full"


def test_undecided_names_the_candidates_and_the_cheapest(results: Results) -> None:
    found = verdict(results, {"exact on full": LEFT, "exact on small": LEFT, "bm25": WORSE})
    assert found.choice is None
    assert found.words == "undecided (2)"
    assert found.sentence.startswith("Search: undecided between exact on small, exact on full: ")
    assert found.sentence.endswith("until then exact on small, the cheapest (8 bytes an item).")


def test_where_no_system_is_best_in_all_groups_that_is_said(results: Results) -> None:
    found = verdict(
        results,
        {"exact on full": LEFT, "exact on small": WORSE, "bm25": WORSE},
        {"exact on full": WORSE, "exact on small": WORSE, "bm25": LEFT},
    )
    assert found.left == []
    assert found.words == "undecided (none)"
    assert "group 0: exact on full 0.5000; group 1: bm25 0.5000" in found.sentence


def test_cost_is_bytes_then_dimensions_then_the_order_of_the_rows(results: Results) -> None:
    cells = {one.key: one for one in results.cells}
    ordered = ["popular", "bm25", "profile on small", "exact on small", "profile on full", "exact on full"]
    assert sorted(cells, key=lambda key: cost(results, cells[key])) == ordered
    twin = replace(results, variants={**results.variants, "small": {"bytes_per_item": 32, "dim": 2}})
    assert cost(twin, cells["exact on small"]) < cost(twin, cells["exact on full"])  # of 32 bytes and 8 dimensions


@pytest.mark.parametrize("facts", [{}, {"groups": {}}])
def test_a_reranker_costs_more_than_what_it_follows(results: Results, facts: dict[str, Any]) -> None:
    params = replace(results.params, rerankers=["best"])
    reranked = Result("search", "best", None, "rerank/best", facts)
    costs = [cost(replace(results, params=params), one) for one in results.cells]
    assert cost(replace(results, params=params), reranked) > max(costs)
