"""Where ranking for all users takes too long: a sample, counted and said; a remark; a refusal before the work."""

from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest

from itemvec.core.columns import INTERACTIONS, ITEMS
from itemvec.core.errors import ParamsError
from itemvec.core.files import write_parquet
from itemvec.core.params import RecommendProtocol
from itemvec.protocol import case_facts
from itemvec.recommenders import item_item
from itemvec.recommenders.popular import Popular
from itemvec.recommenders.text_ease import TextEase
from itemvec.stages.recommend import recommend, recommend_on

NAMES = pa.array(["a", "b", "c", "d"])
PROTOCOL = RecommendProtocol("leave-one-out", mask_history=True, depth=4, seeds=1, metrics=["hit@1"])
SAMPLED = replace(PROTOCOL, split={"kind": "leave-one-out", "users": 2})


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """Five users with three interactions each, and one with a single one."""
    users = [f"u{number}" for number in range(5) for _ in range(3)]
    columns = [[*users, "x"], ["a", "b", "c"] * 5 + ["d"], [1, 2, 3] * 5 + [1]]
    write_parquet(tmp_path / "log.parquet", pa.table(columns, schema=INTERACTIONS))
    return tmp_path / "log.parquet"


def test_a_sample_is_counted_and_said(log: Path) -> None:
    found = recommend(Popular(), log, NAMES, None, SAMPLED, seed=1)
    counts = {"test": 2, "validation": 2, "train": 6, "users_left_out": 1, "users_drawn": 2, "users_not_drawn": 3}
    assert counts.items() <= found.summary.items()
    assert len(set(found.run["id"].to_pylist())) == 2
    assert found.headline("popular").endswith("] of 2 users drawn of 5")
    whole = recommend(Popular(), log, NAMES, None, PROTOCOL, seed=1)
    assert whole.headline("popular").endswith("]")
    assert "users_not_drawn" not in whole.summary
    kept = {row["id"]: row["hit@1"] for row in whole.measures.to_pylist()}
    assert all(kept[row["id"]] == row["hit@1"] for row in found.measures.to_pylist())


def test_a_ranking_of_hours_is_remarked_on(
    log: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Ten cases and four items are 40 scores; of 0.1 hours each they take 4."""
    recommend(Popular(), log, NAMES, None, PROTOCOL, seed=1)
    assert "ranks 4 items" not in capsys.readouterr().out
    monkeypatch.setattr(case_facts, "NANOSECONDS", 360e9)
    recommend(Popular(), log, NAMES, None, PROTOCOL, seed=1)
    said = "recommend: ranks 4 items for 10 cases of validation and test, at least 4 hours of one processor"
    found = capsys.readouterr().out
    assert said in found
    assert "users in recommend.split ranks for fewer than these 5 users" in found  # a sample of 10,000 would be all
    monkeypatch.setattr(case_facts, "DRAWN", 4)
    recommend(Popular(), log, NAMES, None, PROTOCOL, seed=1)
    assert "users: 4 in recommend.split draws a sample of the users" in capsys.readouterr().out


def test_a_catalogue_that_is_too_large_is_refused_before_vectors_are_opened(
    log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(item_item, "LARGEST", 3)
    write_parquet(log.with_name("items.parquet"), pa.table([NAMES, NAMES], schema=ITEMS))
    with pytest.raises(ParamsError, match="text-ease: the exact solution takes at most 3 items; for 4 it would need"):
        recommend_on(TextEase(), log, log.with_name("items.parquet"), log.with_name("none.digest"), PROTOCOL, seed=1)
