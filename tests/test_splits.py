from dataclasses import replace

import numpy as np
import pytest

from itemvec.errors import ItemvecError, ParamsError
from itemvec.splits import Cases, split
from tests.conftest import cycles, histories

WHOLE = histories([0, 1, 2, 3], [4, 0], [1, 1, 1], n_items=5)


def test_leave_one_out_tests_on_the_last_and_validates_on_the_one_before() -> None:
    parts = split("leave-one-out", WHOLE)
    assert parts.train.items.tolist() == [0, 1, 4, 0, 1]
    assert parts.train.offsets.tolist() == [0, 2, 4, 5]
    assert parts.validation.histories.items.tolist() == [0, 1, 1]
    assert parts.validation.judgments.items.tolist() == [2, 1]
    assert parts.test.histories.items.tolist() == [0, 1, 2, 1, 1]
    assert parts.test.judgments.items.tolist() == [3, 1]
    assert parts.test.judgments.ids.to_pylist() == ["u0", "u2"]  # u1 did too little to be asked


def test_every_interaction_has_one_use() -> None:
    assert split("leave-one-out", WHOLE).audit(WHOLE) == {"train": 5, "validation": 2, "test": 2}


def test_a_test_interaction_in_training_is_found() -> None:
    parts = split("leave-one-out", WHOLE)
    leaking = replace(parts, train=WHOLE)  # pairs (u0, 2), (u0, 3), and (u2, 1), used five times
    with pytest.raises(ItemvecError, match="3 user-item pairs are in training and in test"):
        leaking.audit(WHOLE)


@pytest.mark.parametrize("part", ["validation", "test"])
def test_an_answer_in_the_history_of_a_case_is_found(part: str) -> None:
    parts = split("leave-one-out", WHOLE)
    knowing = Cases(WHOLE, getattr(parts, part).judgments)
    leaking = replace(parts, **{part: knowing})  # type: ignore[arg-type]
    with pytest.raises(ItemvecError, match="2 user-item pairs are in a history and in what is asked after it"):
        leaking.audit(WHOLE)


def test_the_same_item_again_is_no_leak_but_the_same_interaction_is() -> None:
    again = histories([1, 1, 1, 1], n_items=2)
    parts = split("leave-one-out", again)
    assert parts.audit(again) == {"train": 2, "validation": 1, "test": 1}
    with pytest.raises(ItemvecError, match="1 user-item pairs are in training and in test"):
        replace(parts, train=again.without_last(np.array([1]))).audit(again)


def test_no_user_is_no_case(rng: np.random.Generator) -> None:
    short = cycles(3, 5, 2, rng)
    parts = split("leave-one-out", short)
    assert len(parts.test.histories) == 0
    assert parts.audit(short) == {"train": 6, "validation": 0, "test": 0}


def test_an_unknown_split_is_refused() -> None:
    with pytest.raises(ParamsError, match="did you mean 'leave-one-out'"):
        split("leave-one-ou", WHOLE)
