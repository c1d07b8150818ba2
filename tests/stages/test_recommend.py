from dataclasses import dataclass, field, replace
from math import log2
from pathlib import Path
from typing import ClassVar

import numpy as np
import pyarrow as pa
import pytest

from itemvec.core.arrays import Floats, Ints
from itemvec.core.columns import DIVIDED, EXPLAINED, INTERACTIONS
from itemvec.core.errors import ItemvecError
from itemvec.core.files import write_parquet
from itemvec.core.params import RecommendProtocol
from itemvec.protocol.histories import Histories
from itemvec.recommenders import Score, Training
from itemvec.recommenders.base import Reasons
from itemvec.recommenders.profile import Profile
from itemvec.stages.recommend import recommend, recommend_on
from itemvec.store import Block, further_seeds, write_database

ITEMS = pa.array(["a", "b", "c", "d", "e"])
PROTOCOL = RecommendProtocol("leave-one-out", mask_history=True, depth=5, seeds=2, metrics=["ndcg@5", "hit@1"])


@dataclass(frozen=True)
class Fixed:
    """Gives item i the score i, whatever the history; item 0 half as much more as the seed."""

    validates: bool = True
    seen: list[tuple[list[int], float]] = field(default_factory=list)
    random: ClassVar[bool] = True
    needs_vectors: ClassVar[bool] = False

    def fit(self, training: Training) -> Score:
        def score(asked: Histories) -> Floats:
            scores = np.tile(np.arange(5, dtype=np.float32), (len(asked), 1))
            scores[:, 0] = 1.5 * training.seed
            return scores

        if self.validates:
            self.seen.append((training.histories.items.tolist(), training.validate(score)))
        return score


@pytest.fixture
def interactions(tmp_path: Path) -> Path:
    """u1: e d a; u2: b c d; u3 did too little; the last is tested."""
    rows = [
        ("u1", "e", 1),
        ("u1", "d", 2),
        ("u1", "a", 3),
        ("u2", "b", 1),
        ("u2", "c", 2),
        ("u2", "d", 3),
        ("u3", "a", 1),
    ]
    write_parquet(
        tmp_path / "interactions.parquet", pa.table([list(one) for one in zip(*rows, strict=True)], schema=INTERACTIONS)
    )
    return tmp_path / "interactions.parquet"


def test_what_comes_next_is_ranked_among_all_items(interactions: Path) -> None:
    """Seed 0: u1 has e and d, so c b a remain and a is third; u2 has b and c, so e d a remain and d is second.

    Seed 1 gives a more than b: u1 then finds a second.
    """
    found = recommend(Fixed(), interactions, ITEMS, None, PROTOCOL, seed=0)
    expected = [1 / log2(4), 1 / log2(3), 1 / log2(3), 1 / log2(3)]
    assert found.measures["ndcg@5"].to_pylist() == pytest.approx(expected)
    assert found.measures["id"].to_pylist() == ["u1", "u2"] * 2
    facts = {"task": "recommend", "train": 3, "validation": 2, "test": 2, "users_left_out": 1, "targets_masked": 0}
    assert facts.items() <= found.summary.items()
    first = [row["item_id"] for row in found.run.to_pylist() if row["id"] == "u1" and row["seed"] == 0]
    assert first == ["c", "b", "a"]


def test_training_sees_neither_validation_nor_test(interactions: Path) -> None:
    """Left to train on: u1 e, u2 b, u3 a. Validation: u1 has e and d is next, first of d c b a; u2 has b and c is next.

    Of e d c a, c is third; by seed 1, of e d c a as well.
    """
    fixed = Fixed()
    found = recommend(fixed, interactions, ITEMS, None, PROTOCOL, seed=0)
    trained, validated = zip(*fixed.seen, strict=True)
    assert trained == ([4, 1, 0], [4, 1, 0])
    assert validated == pytest.approx([(1 + 1 / log2(4)) / 2] * 2)
    assert found.summary["validated"] == pytest.approx({"ndcg@10": (1 + 1 / log2(4)) / 2, "sd_of_seeds": 0})


def test_history_is_left_in_the_ranking_if_the_protocol_says_so(interactions: Path) -> None:
    found = recommend(Fixed(), interactions, ITEMS, None, replace(PROTOCOL, mask_history=False), seed=0)
    assert found.measures["ndcg@5"].to_pylist()[:2] == pytest.approx([1 / log2(6), 1 / log2(3)])
    assert "targets_masked" not in found.summary


def test_vectors_of_several_seeds_are_recommended_from_one_by_one(interactions: Path) -> None:
    """By the vectors of seed 3, a is like d, which u1 had last; by those of seed 4 it is not."""
    folder, protocol = interactions.parent, replace(PROTOCOL, metrics=["hit@1"])
    near, far = np.eye(5, dtype=np.float32), np.eye(5, dtype=np.float32)
    near[0] = near[3]
    far[1] = far[3]
    blocks = {name: (5, [Block(ITEMS, one)]) for name, one in (("items", near), ("items-4", far))}
    write_database(folder / "v", blocks)
    assert further_seeds(folder / "v.digest", "items") == [4]
    write_parquet(folder / "items.parquet", pa.table([ITEMS, ITEMS], ["item_id", "text"]))
    found = recommend_on(Profile(), interactions, folder / "items.parquet", folder / "v.digest", protocol, 3).measures
    rows = {(row["id"], row["seed"]): row["hit@1"] for row in found.to_pylist()}
    assert (rows["u1", 3], rows["u1", 4]) == (1, 0)
    assert len(rows) == 4


def test_targets_that_masking_hides_are_counted(tmp_path: Path) -> None:
    rows = [("u1", "a", 1), ("u1", "b", 2), ("u1", "a", 3)]
    table = pa.table([list(one) for one in zip(*rows, strict=True)], schema=INTERACTIONS)
    write_parquet(tmp_path / "x.parquet", table)
    found = recommend(Fixed(), tmp_path / "x.parquet", ITEMS, None, PROTOCOL, seed=0)
    assert found.summary["targets_masked"] == 1
    assert found.summary["ndcg@5"]["mean"] == 0


def test_no_interactions_are_nothing_to_measure(tmp_path: Path) -> None:
    write_parquet(tmp_path / "x.parquet", INTERACTIONS.empty_table())
    found = recommend(Fixed(), tmp_path / "x.parquet", ITEMS, None, PROTOCOL, seed=0)
    assert found.summary == {"task": "recommend", "users_left_out": 0, "queries": 0}


def test_a_cut_in_time_asks_for_each_interaction_after_it(interactions: Path) -> None:
    """From time 2 on: u1 is asked for d after e, and for a after e d; u2 for c after b, and for d after b c."""
    cut = {"kind": "timestamp", "validation_from": 2, "test_from": 2}
    found = recommend(Fixed(validates=False), interactions, ITEMS, None, replace(PROTOCOL, split=cut, seeds=1), seed=0)
    assert found.measures["id"].to_pylist() == ["u1", "u1 #2", "u2", "u2 #2"]
    assert found.measures["owner"].to_pylist() == ["u1", "u1", "u2", "u2"]
    assert found.summary["owners"] == 2
    expected = [1, 1 / log2(4), 1 / log2(4), 1 / log2(3)]  # d of dcba; a of cba; c of edca; d of eda
    assert found.measures["ndcg@5"].to_pylist() == pytest.approx(expected)
    facts = {"users": 2, "users_left_out": 1, "validation_from": 2, "test_from": 2, "train": 3, "test": 4}
    assert facts.items() <= found.summary.items()
    targets = found.summary["cohorts"]["target"]
    assert {name: one["queries"] for name, one in targets.items()} == {
        "unseen": 3,
        "rare": 1,
        "middle": 0,
        "popular": 0,
    }
    assert targets["rare"]["ndcg@5"]["mean"] == pytest.approx(1 / log2(4))


def test_a_given_split_is_followed(tmp_path: Path) -> None:
    rows = [("u1", "e", 1, "train"), ("u1", "d", 2, "test"), ("u1", "a", 3, "history")]
    table = pa.table([list(one) for one in zip(*rows, strict=True)], schema=DIVIDED)
    write_parquet(tmp_path / "x.parquet", table)
    protocol = replace(PROTOCOL, split="given", seeds=1)
    found = recommend(Fixed(validates=False), tmp_path / "x.parquet", ITEMS, None, protocol, seed=0)
    with pytest.raises(ItemvecError, match="the split leaves no validation cases"):
        recommend(Fixed(), tmp_path / "x.parquet", ITEMS, None, protocol, seed=0)
    assert (found.summary["train"], found.summary["validation"], found.summary["test"]) == (1, 0, 1)
    assert found.summary["hit@1"]["mean"] == 1
    assert "validated" not in found.summary


class Explained:
    """Ranks as ``Fixed``; the persona of an item is its position, and the last of the history is behind it."""

    random: ClassVar[bool] = False
    needs_vectors: ClassVar[bool] = True

    def fit(self, _: Training) -> "Explained":
        return self

    def __call__(self, asked: Histories) -> Floats:
        return np.tile(np.arange(5, dtype=np.float32), (len(asked), 1))

    def reasons(self, asked: Histories, positions: Ints) -> Reasons:
        last = asked.items[asked.offsets[1:] - 1]
        behind = np.stack([np.tile(last[:, None], positions.shape[1]), np.full(positions.shape, -1)], axis=2)
        return Reasons(positions, behind)


def test_lists_are_measured_and_reasons_stand_in_the_run(interactions: Path) -> None:
    plain = recommend(Fixed(), interactions, ITEMS, None, PROTOCOL, seed=0)
    assert plain.summary["lists"] == {"coverage@10": 1}  # u1 gets c b a, and u2 e d a
    found = recommend(Explained(), interactions, ITEMS, np.eye(5, 6, dtype=np.float32), PROTOCOL, seed=0)
    assert found.summary["lists"]["intra_list_diversity@10"] == pytest.approx(1)
    assert found.summary["lists"]["taste_distance@10"] == pytest.approx(1)  # no item comes back, each a taste
    assert found.run.column_names == EXPLAINED.names
    assert plain.run.column_names == EXPLAINED.names[:5]
    rows = [(row["id"], row["item_id"], row["persona"], row["behind"]) for row in found.run.to_pylist()]
    assert rows[0] == ("u1", "c", 3, ["d"])
    assert rows[3:5] == [("u2", "e", 5, ["c"]), ("u2", "d", 4, ["c"])]
