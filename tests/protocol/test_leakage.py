"""What is trained on and asked for is found wherever the users are."""

from dataclasses import replace

import numpy as np
import pytest

from itemvec.core.errors import ItemvecError
from itemvec.protocol import leakage
from itemvec.protocol.cases import Cases
from itemvec.protocol.histories import Histories
from itemvec.protocol.splits import split
from tests.conftest import histories


@pytest.fixture
def whole(rng: np.random.Generator, monkeypatch: pytest.MonkeyPatch) -> Histories:
    """Twenty users of different items; looked at three at a time, and two cases at a time."""
    monkeypatch.setattr(leakage, "USERS", 3)
    monkeypatch.setattr(leakage, "CASES", 2)
    lists = [rng.permutation(9)[:size].tolist() for size in rng.integers(3, 9, size=20)]
    return histories(*lists, n_items=9)


def test_no_block_has_a_leak(whole: Histories) -> None:
    assert split("leave-one-out", whole).audit(whole)["test"] == 20


def test_leaks_of_all_blocks_are_counted(whole: Histories) -> None:
    parts = split("leave-one-out", whole)
    leaking = replace(parts, train=whole.select(np.isin(np.arange(20), [1, 10, 19])))
    with pytest.raises(ItemvecError, match="6 user-item pairs are in training and in test"):
        leaking.audit(whole)  # two of each user


@pytest.mark.parametrize("part", ["validation", "test"])
def test_a_history_that_knows_its_answer_is_found_in_the_last_block(whole: Histories, part: str) -> None:
    parts = split("leave-one-out", whole)
    cases = getattr(parts, part)
    shown = [one.items.tolist() for one in cases.histories.blocks(1)]
    shown[19].append(int(cases.judgments.items[19]))
    leaking = replace(parts, **{part: Cases(histories(*shown, n_items=9), cases.judgments)})  # type: ignore[arg-type]
    with pytest.raises(ItemvecError, match="1 user-item pairs are in a history and in what is asked after it"):
        leaking.audit(whole)


def test_what_happened_after_the_cut_is_found_in_each_block(whole: Histories) -> None:
    parts = replace(split("leave-one-out", whole), cuts=(5, 5))
    times = np.where(whole.ages > 1, 1, 9)
    times[whole.offsets[[2, 17]]] = 7  # the first of two users, which train
    with pytest.raises(ItemvecError, match="2 user-item pairs are in a part that ends before 5 and happened later"):
        replace(parts, validation=Cases(whole.slice(0, 0), parts.validation.judgments.slice(0, 0))).audit(whole, times)
