"""Planted states: models of known size that find a known share of the queries."""

from typing import Any

import numpy as np

from itemvec.decision.larger_model import next_larger, tried
from itemvec.decision.revisions import Revision
from tests.decision.states import right, state

QUERIES = ("search", "real")


def model(name: str, parameters: int, share: float, **facts: Any) -> Revision:
    found = state({QUERIES: {"exact on full": right(share)}}, name, model=name, seed=1, **facts)
    found.decision["encoder"] = {"parameters": parameters}
    found.decision["tasks"]["search"]["tuning"] = [{"against": "exact on full"}]
    return found


OURS = model("small", 20_000_000, 0.5)


def test_the_smallest_of_the_larger_ones_is_compared_query_by_query() -> None:
    states = [model("huge", 900_000_000, 1.0), model("base", 110_000_000, 0.7), model("tiny", 1_000_000, 0.9), OURS]
    assert next_larger(OURS, tried(OURS, states)).startswith(
        "Instead of tuning, the next larger model, base (110.0 M parameters, tried in base): exact on full, "
        "ndcg@10 +0.2000 [+0.1"
    )
    assert next_larger(OURS, tried(OURS, states[2:])) == ""


def test_a_state_of_other_data_or_without_the_cell_is_passed_over() -> None:
    elsewhere = model("other-data", 30_000_000, 1.0, dataset="books")
    lacking = state({QUERIES: {"hybrid on full": right(1.0)}}, "no-cell", model="no-cell", encoder={"parameters": 4e7})
    said = next_larger(OURS, tried(OURS, [elsewhere, lacking, model("base", 110_000_000, 0.4)]))
    assert "larger model, base (" in said
    assert "ndcg@10 -0.1000 [" in said


def test_the_interval_holds_for_all_cells_together() -> None:
    widths = []
    for n_cells in (1, 4):
        keys = [f"exact{number} on full" for number in range(n_cells)]
        ours = state({QUERIES: dict.fromkeys(keys, right(0.5))}, seed=1)
        ours.decision["tasks"]["search"]["tuning"] = [{"against": key} for key in keys]
        others = {QUERIES: dict.fromkeys(keys, np.roll(right(0.5), 20))}
        base = state(others, "base", model="base", seed=1, encoder={"parameters": 2})
        low, high = next_larger(ours, tried(ours, [base])).split("[")[1].split("]")[0].split(", ")
        widths.append(float(high) - float(low))
    assert widths[1] > widths[0] > 0
