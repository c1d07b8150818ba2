from dataclasses import replace
from pathlib import Path

import pytest

from itemvec.decision.decision import decide_all
from itemvec.decision.results import Results
from itemvec.decision.values import Measures

SAID = "metrics are of 1,000 users, drawn at random of 50,546 by recommend.split.users"


@pytest.mark.parametrize(
    ("facts", "expected"), [({"users_drawn": 1000, "users_not_drawn": 49_546}, True), ({"users_left_out": 3}, False)]
)
def test_a_sample_of_users_is_said_before_ties(
    results: Results, folder: Path, facts: dict[str, int], expected: bool
) -> None:
    tied = facts | {"tied@1": 0.5}
    cells = [replace(one, facts=one.facts | tied) if one.task == "recommend" else one for one in results.cells]
    tasks = decide_all(replace(results, cells=cells), Measures.below(folder / "measures"), folder / "tables")["tasks"]
    assert (tasks["recommend"]["notes"][0] == SAID) is expected
    for task, said in (("recommend", expected), ("search", False)):
        assert any(note.startswith("metrics are of") for note in tasks[task]["notes"]) is said
