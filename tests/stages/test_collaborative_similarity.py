from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from itemvec.core.arrays import Floats
from itemvec.core.columns import INTERACTIONS, ITEMS
from itemvec.core.errors import TableError
from itemvec.core.files import write_parquet
from itemvec.stages import collaborative_similarity as agreement
from itemvec.stages.collaborative_similarity import compare_similarities
from itemvec.store import Block, write_database
from tests.conftest import unit

ITEMS_OF_A_KIND, KINDS, USERS = 10, 3, 450


def written(folder: Path, vectors: Floats, sets: list[list[int]]) -> tuple[Path, Path, Path]:
    ids = pa.array([f"i{row:02}" for row in range(len(vectors))])
    write_database(folder / "full", {"items": (vectors.shape[1], [Block(ids, vectors)])})
    write_parquet(folder / "items.parquet", pa.table([ids, [f"text of {one}" for one in ids]], schema=ITEMS))
    users = [f"u{user:03}" for user, items in enumerate(sets) for _ in items]
    had = [ids[item].as_py() for items in sets for item in items]
    write_parquet(folder / "interactions.parquet", pa.table([users, had, list(range(len(had)))], schema=INTERACTIONS))
    return folder / "full.digest", folder / "items.parquet", folder / "interactions.parquet"


def shop(rng: np.random.Generator) -> tuple[Floats, list[list[int]]]:
    """Users want items of one kind, and items of a kind are alike; but nobody has both of the items 0 and 1."""
    centres = np.repeat(np.eye(KINDS, 8, dtype=np.float32), ITEMS_OF_A_KIND, axis=0)
    vectors = unit(centres + 0.2 * rng.standard_normal(centres.shape, dtype=np.float32))
    vectors[1] = vectors[0]
    sets = [
        (rng.integers(KINDS) * ITEMS_OF_A_KIND + rng.choice(ITEMS_OF_A_KIND, 5, replace=False)).tolist()
        for _ in range(USERS)
    ]
    return vectors, [[item for item in one if item != 1 or 0 not in one] for one in sets]


def test_text_and_use_agree_but_for_the_planted_pair(tmp_path: Path, rng: np.random.Generator) -> None:
    facts, pairs = compare_similarities(*written(tmp_path, *shop(rng)), seed=0)
    assert (facts["items"], facts["users"]) == (30, USERS)
    assert facts["pairs"] == 30 * 29 / 2
    assert facts["ease"]["pearson"] > 0.5
    assert facts["ease"]["by_item"]["low"] > 0.4
    # Kinds have no user in common, so EASE is neutral between them; it counts the planted pair alone against itself.
    assert facts["neighbours"]["negative"]["mean"] == pytest.approx(2 * 0.1 / 30)
    assert facts["neighbours"]["of_all"] == pytest.approx(2 / (30 * 29))
    (pair,) = pairs.to_pylist()
    assert (pair["left"], pair["right"], pair["together"]) == ("i00", "i01", 0)
    assert pair["left_text"] == "text of i00"
    assert pair["cosine"] == pytest.approx(1)
    assert pair["expected"] > agreement.EXPECTED


def test_text_that_says_nothing_of_use(tmp_path: Path, rng: np.random.Generator) -> None:
    vectors, sets = shop(rng)
    facts, _ = compare_similarities(*written(tmp_path, vectors[rng.permutation(len(vectors))], sets), seed=0)
    assert abs(facts["ease"]["pearson"]) < 0.2


def test_samples_say_the_same(tmp_path: Path, rng: np.random.Generator, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = written(tmp_path, *shop(rng))
    whole, _ = compare_similarities(*paths, seed=0)
    monkeypatch.setattr(agreement, "PAIRS", 300)
    monkeypatch.setattr(agreement, "ASKERS", 20)
    some, _ = compare_similarities(*paths, seed=0)
    assert some["pairs"] == 300
    assert some["ease"]["pearson"] == pytest.approx(whole["ease"]["pearson"], abs=0.1)
    assert some["ease"]["by_item"]["mean"] == pytest.approx(whole["ease"]["by_item"]["mean"], abs=0.1)


def test_without_interactions_there_is_nothing_to_compare(tmp_path: Path, rng: np.random.Generator) -> None:
    facts, pairs = compare_similarities(*written(tmp_path, shop(rng)[0], []), seed=0)
    assert facts == {"items": 0, "users": 0}
    assert len(pairs) == 0


def test_vectors_of_other_items_are_refused(tmp_path: Path, rng: np.random.Generator) -> None:
    digest, items, interactions = written(tmp_path, *shop(rng))
    write_parquet(items, pa.table([["x"], ["y"]], schema=ITEMS))
    with pytest.raises(TableError, match="its items differ from those of"):
        compare_similarities(digest, items, interactions, seed=0)


def test_items_that_nobody_has_together_say_nothing(tmp_path: Path, rng: np.random.Generator) -> None:
    sets = [[item] for item in range(30)] * 3
    facts, pairs = compare_similarities(*written(tmp_path, shop(rng)[0], sets), seed=0)
    assert facts == {"items": 30, "users": 90}
    assert len(pairs) == 0
