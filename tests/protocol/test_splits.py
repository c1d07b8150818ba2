from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from itemvec.core.errors import ItemvecError, ParamsError, TableError
from itemvec.protocol.splits import Cases, split
from tests.conftest import cycles, histories

WHOLE = histories([0, 1, 2, 3], [4, 0], [1, 1, 1], n_items=5)
TIMES = [10, 20, 30, 30, 30, 40, 5, 25, 30]
CUTS = {"kind": "timestamp", "validation_from": 20, "test_from": 30}


def table(times: list[int] | None = None, parts: list[str] | None = None) -> Any:
    columns = {"timestamp": times or TIMES} | ({"split": parts} if parts else {})
    return pa.table(columns)


def asked(cases: Cases) -> list[tuple[str, list[int], int]]:
    """Id, history and target of each case."""
    shown = [block.items.tolist() for block in cases.histories.blocks(1)]
    return list(zip(cases.judgments.ids.to_pylist(), shown, cases.judgments.items.tolist(), strict=True))


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


def test_an_option_shows_less_of_a_history() -> None:
    parts = split({"kind": "leave-one-out", "max_history": 2}, WHOLE)
    assert asked(parts.test) == [("u0", [1, 2], 3), ("u2", [1, 1], 1)]
    assert parts.train.items.tolist() == [0, 1, 4, 0, 1]  # training is not cut
    assert parts.audit(WHOLE) == {"train": 5, "validation": 2, "test": 2}


def test_a_cut_in_time_is_the_same_for_all_users() -> None:
    """u0 at 10 20 30 30; u1 at 30 40, of whom nothing is known before; u2 at 5 25 30."""
    parts = split(CUTS, WHOLE, table())
    assert parts.train.users.to_pylist() == ["u0", "u2"]
    assert parts.train.items.tolist() == [0, 1]
    assert asked(parts.validation) == [("u0", [0], 1), ("u2", [1], 1)]
    u0 = [("u0", [0, 1], 2), ("u0 #2", [0, 1, 2], 3)]
    assert asked(parts.test) == [*u0, ("u1", [4], 0), ("u2", [1, 1], 1)]
    assert parts.test.histories.users.to_pylist() == ["u0", "u0", "u1", "u2"]
    assert parts.cuts == (20, 30)
    assert parts.audit(WHOLE, np.array(TIMES)) == {"train": 2, "validation": 2, "test": 4}


def test_the_first_after_the_cut_can_be_asked_for_alone() -> None:
    parts = split({**CUTS, "targets": "first", "max_history": 1}, WHOLE, table())
    assert asked(parts.test) == [("u0", [1], 2), ("u1", [4], 0), ("u2", [1], 1)]


def test_a_cut_can_be_a_share_of_all_interactions() -> None:
    """Sorted: 5 10 20 25 30 30 30 30 40; 3 of 9 lie before 25, 5 would before the second 30, and 4 do."""
    parts = split({"kind": "timestamp", "validation_from": 0.34, "test_from": 0.56}, WHOLE, table())
    assert parts.cuts == (25, 30)
    assert len(parts.train.items) == 3


def test_what_happened_after_the_cut_is_found_in_training() -> None:
    parts = replace(split(CUTS, WHOLE, table()), cuts=(20, 30))
    late = [5, 20, 30, 30, 30, 40, 25, 25, 30]  # the clock of u2 was wrong: nothing of u2 lies before 20
    with pytest.raises(ItemvecError, match="1 user-item pairs are in a part that ends before 20 and happened later"):
        parts.audit(WHOLE, np.array(late))
    with pytest.raises(ItemvecError, match="1 user-item pairs are in training and in test"):
        replace(parts, train=histories([0, 3], [], [1], n_items=5)).audit(WHOLE, np.array(TIMES))


def test_a_given_split_is_taken_as_it_is() -> None:
    given = ["train", "train", "validation", "test", "history", "test", "train", "validation", "test"]
    parts = split("given", WHOLE, table(parts=given))
    assert parts.train.items.tolist() == [0, 1, 1]
    assert asked(parts.validation) == [("u0", [0, 1], 2), ("u2", [1], 1)]
    assert asked(parts.test) == [("u0", [0, 1, 2], 3), ("u1", [4], 0), ("u2", [1, 1], 1)]
    assert parts.audit(WHOLE) == {"train": 3, "validation": 2, "test": 3}


def test_a_given_split_must_be_there_and_in_order() -> None:
    with pytest.raises(TableError, match="column 'split' is missing, so no split is given"):
        split("given", WHOLE, table())
    parts = ["train"] * 6 + ["test", "train", "history"]
    with pytest.raises(TableError, match="1 times a user's 'train' comes after 'test', first for 'u2'"):
        split("given", WHOLE, table(parts=parts))


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"validation_from": 0.8, "test_from": 30}, "give two shares between 0 and 1, or two times"),
        ({"validation_from": 0.8, "test_from": 1.5}, "give two shares between 0 and 1, or two times"),
        ({"validation_from": 30, "test_from": 20}, "validation starts at 30, after test at 20; swap them"),
        ({"max_history": 0}, "option 'max_history' is 0"),
        ({"target": "each"}, "unknown option 'target'; did you mean 'targets'"),
    ],
)
def test_cuts_that_make_no_sense_are_refused(options: dict[str, Any], said: str) -> None:
    with pytest.raises(ParamsError, match=said):
        split({"kind": "timestamp", **options}, WHOLE, table())


@pytest.mark.parametrize("row", ["leave-one-out", "timestamp", "given"])
def test_every_split_passes_its_audit_on_random_data(row: str, rng: np.random.Generator) -> None:
    lists = [rng.integers(6, size=size).tolist() for size in rng.integers(1, 9, size=40)]
    whole = histories(*lists, n_items=6)
    times = np.concatenate([np.sort(rng.integers(50, size=len(one))) for one in lists])
    parts = np.array(["train", "validation", "test"])[np.digitize(times, [30, 40])].tolist()
    found = split(row, whole, table(times.tolist(), parts))
    counts = found.audit(whole, times)
    assert 0 < counts["test"] <= sum(counts.values()) <= len(whole.items)


def test_no_interaction_is_no_case_whatever_the_split() -> None:
    nothing = histories(n_items=3)
    empty = pa.table({"timestamp": pa.array([], pa.int64()), "split": pa.array([], pa.string())})
    for row in ("leave-one-out", "timestamp", "given"):
        assert split(row, nothing, empty).audit(nothing) == {"train": 0, "validation": 0, "test": 0}
