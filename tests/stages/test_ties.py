"""A system that knows nothing is at chance, whatever items and queries are called, and is told that it ties."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pyarrow as pa
import pytest

from itemvec.core.arrays import Floats
from itemvec.core.columns import INTERACTIONS, ITEMS, QRELS, QUERIES
from itemvec.core.files import write_parquet
from itemvec.core.params import RecommendProtocol, SearchProtocol
from itemvec.protocol.histories import Histories
from itemvec.recommenders import Score, Training
from itemvec.retrievers import RETRIEVERS
from itemvec.stages.recommend import recommend
from itemvec.stages.search import search
from itemvec.stages.truncation import measure_truncation
from itemvec.store import Block, write_database

N_ITEMS, N_QUERIES = 200, 500
DISCOUNTS = 1 / np.log2(np.arange(2, 12))
CHANCE = DISCOUNTS.sum() / N_ITEMS  # of nDCG@10 with one relevant item
FOUR_ERRORS = 4 * ((DISCOUNTS**2).sum() / N_ITEMS / N_QUERIES) ** 0.5
FORMS = ["{}", "{:05d}", "z{:x}"]


def named(form: str, n: int) -> list[str]:
    return [form.format(number) for number in range(n)]


@pytest.fixture(params=FORMS)
def tables(request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, Path]:
    """Every item and query says the same; the relevant items are the first twenty."""
    items, queries = named(request.param, N_ITEMS), named(request.param, N_QUERIES)
    relevant = [items[number % 20] for number in range(N_QUERIES)]
    made = {
        "items": pa.table([items, ["red lamp"] * N_ITEMS], schema=ITEMS),
        "queries": pa.table([queries, ["lamp"] * N_QUERIES, ["a"] * N_QUERIES], schema=QUERIES),
        "qrels": pa.table([queries, relevant, [1.0] * N_QUERIES], schema=QRELS),
    }
    for name, table in made.items():
        write_parquet(tmp_path / f"{name}.parquet", table)
    blocks = {
        name: (4, [Block(pa.array(ids), np.ones((len(ids), 4), dtype=np.float32))])
        for name, ids in (("items", items), ("queries", queries))
    }
    write_database(tmp_path / "full", blocks)
    return {name: tmp_path / f"{name}.parquet" for name in made}


@pytest.mark.parametrize(
    "row",
    [
        {"kind": "bm25"},
        {"kind": "exact"},
        {"kind": "exact", "precision": "int8"},
        {"kind": "hybrid", "parts": [{"kind": "exact"}, {"kind": "bm25"}]},
        {"kind": "hybrid", "parts": [{"kind": "exact"}, {"kind": "bm25"}], "fusion": "convex", "weights": [1.0, 1.0]},
    ],
    ids=lambda row: " ".join(str(value) for value in row.values() if isinstance(value, str)),
)
def test_search_among_equals_is_at_chance(row: dict[str, Any], tables: dict[str, Path]) -> None:
    protocol = SearchProtocol(depth=20, metrics=["ndcg@10"])
    found = search(RETRIEVERS.build("mine", row), tables, tables["items"].parent / "full.digest", protocol, seed=1)
    assert abs(found.summary["ndcg@10"]["mean"] - CHANCE) < FOUR_ERRORS
    hidden = row.get("fusion", "rrf") == "rrf" and row["kind"] == "hybrid"  # ranks, unlike scores, are never equal
    assert found.summary["tied@10"] == (0 if hidden else 1)


def test_all_systems_rank_equals_alike(tables: dict[str, Path]) -> None:
    """So that a difference between systems is never one of ties."""
    protocol, digest = SearchProtocol(depth=20, metrics=["ndcg@10"]), tables["items"].parent / "full.digest"
    rows: list[dict[str, Any]] = [{"kind": "bm25"}, {"kind": "exact"}]
    runs = [
        search(RETRIEVERS.build("mine", row), tables, digest, protocol, 1).run["item_id"].to_pylist() for row in rows
    ]
    assert runs[0] == runs[1]
    facts, _ = measure_truncation(tables, digest, protocol, 1)
    whole = search(RETRIEVERS.build("mine", {"kind": "exact"}), tables, digest, protocol, 1)
    assert {one["mean"] for one in facts["groups"]["a"]["lengths"].values()} == {whole.summary["ndcg@10"]["mean"]}


@dataclass(frozen=True)
class Constant:
    random: ClassVar[bool] = False
    needs_vectors: ClassVar[bool] = False

    def fit(self, training: Training) -> Score:
        def score(asked: Histories) -> Floats:
            return np.ones((len(asked), asked.n_items), dtype=np.float32)

        return score


@pytest.mark.parametrize("form", FORMS)
def test_recommendation_among_equals_is_at_chance(form: str, tmp_path: Path) -> None:
    """Everybody takes the last three items, and then the first."""
    items, users = named(form, N_ITEMS), sorted(named(form, N_QUERIES))
    rows = [(user, item, time) for user in users for time, item in enumerate([*items[-3:], items[0]])]
    table = pa.table([list(one) for one in zip(*rows, strict=True)], schema=INTERACTIONS)
    write_parquet(tmp_path / "interactions.parquet", table)
    protocol = RecommendProtocol("leave-one-out", mask_history=False, depth=20, seeds=1, metrics=["ndcg@10"])
    found = recommend(Constant(), tmp_path / "interactions.parquet", pa.array(items), None, protocol, seed=1)
    assert abs(found.summary["ndcg@10"]["mean"] - CHANCE) < FOUR_ERRORS
    assert found.summary["tied@10"] == 1
