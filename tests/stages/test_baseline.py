from pathlib import Path

import pyarrow as pa
import pytest

from itemvec.core.columns import INTERACTIONS, ITEMS, QRELS, QUERIES
from itemvec.core.errors import ParamsError
from itemvec.core.files import write_parquet
from itemvec.core.params import RecommendProtocol, SearchProtocol
from itemvec.recommenders import item_item
from itemvec.stages.baseline import measure_baseline

RECOMMENDING = RecommendProtocol("leave-one-out", mask_history=True, depth=3, seeds=1, metrics=["hit@1"])
SEARCHING = SearchProtocol(depth=3, metrics=["hit@1"])


@pytest.fixture
def tables(tmp_path: Path) -> dict[str, Path]:
    users = [user for user in ("u1", "u2", "u3") for _ in range(3)]
    made = {
        "items": pa.table([["a", "b", "c"], ["red shirt", "hat", "hose"]], schema=ITEMS),
        "interactions": pa.table([users, ["a", "b", "c"] * 3, [1, 2, 3] * 3], schema=INTERACTIONS),
        "queries": pa.table([["q"], ["hat"], ["given"]], schema=QUERIES),
        "qrels": pa.table([["q"], ["b"], [1.0]], schema=QRELS),
    }
    for name, table in made.items():
        write_parquet(tmp_path / f"{name}.parquet", table)
    return {name: tmp_path / f"{name}.parquet" for name in made}


@pytest.mark.parametrize(("kind", "task", "queries"), [("popular", "recommend", 3), ("bm25", "search", 1)])
def test_the_kind_decides_the_task(tables: dict[str, Path], kind: str, task: str, queries: int) -> None:
    found = measure_baseline("mine", {"kind": kind}, tables, RECOMMENDING, SEARCHING, seed=1)
    assert (found.summary["task"], found.summary["queries"]) == (task, queries)
    assert found.summary["hit@1"]["mean"] == 1


def test_a_catalogue_that_is_too_large_is_refused_before_anything_is_read(
    tables: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(item_item, "LARGEST", 2)
    tables["interactions"].unlink()
    with pytest.raises(ParamsError, match="ease: the exact solution takes at most 2 items; for 3 it would need"):
        measure_baseline("mine", {"kind": "ease"}, tables, RECOMMENDING, SEARCHING, seed=1)
