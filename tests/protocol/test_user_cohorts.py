import numpy as np
import pyarrow as pa

from itemvec.metrics import Judgments
from itemvec.protocol.cases import Cases
from itemvec.protocol.user_cohorts import cohorts
from tests.conftest import histories

# In training, item 0 occurs six times, 1 twice, 2 once, 3 never.
TRAIN = histories([0, 0, 0, 0, 0, 0, 1], [1, 2], n_items=4)


def cases(*shown: list[int], targets: list[int]) -> Cases:
    asked = histories(*shown, n_items=4)
    ids = pa.array([f"u{i}" for i in range(len(targets))])
    return Cases(asked, Judgments(ids, np.array(targets), np.ones(len(targets)), np.arange(len(targets) + 1)))


def test_targets_go_by_how_often_they_were_seen() -> None:
    found = cohorts(TRAIN, cases([0], [0], [0], [0], [0], targets=[3, 2, 1, 0, 0]))["target"]
    assert [(one.name, one.low, one.high, one.chosen.sum()) for one in found] == [
        ("unseen", 0, 0, 1),
        ("rare", 1, 1, 1),
        ("middle", 2, 2, 1),
        ("popular", 6, 6, 2),
    ]


def test_histories_go_by_length_and_equal_ones_stay_together() -> None:
    found = cohorts(TRAIN, cases([0], [1, 1], [1, 1, 1], targets=[0, 0, 0]))["history"]
    assert [one.chosen.tolist() for one in found] == [[True, False, False], [False, True, False], [False, False, True]]
    same = cohorts(TRAIN, cases([0], [0], targets=[0, 0]))["history"]
    assert [(one.name, one.chosen.sum()) for one in same] == [("short", 2), ("medium", 0), ("long", 0)]


def test_nothing_trained_is_all_unseen() -> None:
    found = cohorts(histories(n_items=4), cases([0], targets=[0]))["target"]
    assert [one.chosen.sum() for one in found] == [1, 0, 0, 0]
