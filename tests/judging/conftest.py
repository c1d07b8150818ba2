"""A small project that was run: thirty queries, three systems, and no judgments."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from itemvec.core.columns import ITEMS, QRELS, QUERIES
from itemvec.core.files import write_json, write_parquet
from itemvec.core.params import Params
from itemvec.core.top_k import Top
from itemvec.judging.material import Material
from itemvec.judging.pool import Pool, pooled
from itemvec.protocol.evaluation import run_table
from tests.core.test_params import write

N_QUERIES, N_ITEMS, DEPTH = 30, 60, 6
ROWS = {
    "dataset": "mine",
    "datasets": {"mine": {"kind": "tables"}},
    "variants": ["full"],
    "retrievers": ["exact"],
    "recommenders": [],
    "baselines": ["bm25", "popular"],
    "systems": {"exact": {"kind": "exact"}, "bm25": {"kind": "bm25"}, "popular": {"kind": "popular"}},
    "search": {"depth": DEPTH, "metrics": ["ndcg@5"]},
}


def relevant(query: int, item: int) -> bool:
    """What the systems look for: the two items of a query's own number."""
    return item in (2 * query, 2 * query + 1)


def rankings() -> dict[str, np.ndarray]:
    """`exact` finds the two relevant items first, `bm25` one of them at the end."""
    rng = np.random.default_rng(1)
    others = np.stack([rng.permutation([i for i in range(N_ITEMS) if not relevant(q, i)]) for q in range(N_QUERIES)])
    own = 2 * np.arange(N_QUERIES)[:, None]
    exact = np.hstack([own, own + 1, others[:, : DEPTH - 2]])
    return {"search/exact/full": exact, "baseline/bm25": np.hstack([others[:, 2 : DEPTH + 1], own])}


def pool_of(first: np.ndarray, second: np.ndarray, depth: int) -> Pool:
    queries, items = pa.array([f"q{n:03}" for n in range(len(first))]), pa.array([f"i{n:03}" for n in range(200)])
    return pooled({"first": first, "second": second}, queries, items, depth)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return made(tmp_path)


def made(root: Path, hostile: bool = False) -> Path:
    """Write what a run leaves behind, as far as judging reads it."""
    mark = "<img src=x onerror=alert(1)>" if hostile else ""
    items, queries = ([f"{letter}{n}" for n in range(size)] for letter, size in (("i", N_ITEMS), ("q", N_QUERIES)))
    tables = root / "artifacts/tables"
    write_parquet(tables / "items.parquet", pa.table([items, [f"item {n} {mark}" for n in items]], schema=ITEMS))
    texts, groups = [f"query {n} {mark}" for n in range(N_QUERIES)], ["given"] * N_QUERIES
    write_parquet(tables / "queries.parquet", pa.table([queries, texts, groups], schema=QUERIES))
    write_parquet(tables / "qrels.parquet", QRELS.empty_table())
    for cell, found in rankings().items():
        top = Top(found.astype(np.int64), np.zeros(found.shape, dtype=np.float32))
        write_parquet(root / f"artifacts/runs/{cell}.parquet", run_table(pa.array(queries), 1, top, pa.array(items)))
        write_json(root / f"artifacts/results/{cell}.json", {"task": "search"})
    users = Top(np.zeros((N_QUERIES, 1), dtype=np.int64), np.zeros((N_QUERIES, 1), dtype=np.float32))
    write_parquet(
        root / "artifacts/runs/baseline/popular.parquet", run_table(pa.array(queries), 1, users, pa.array(items))
    )
    write_json(root / "artifacts/results/baseline/popular.json", {"task": "recommend"})  # users called as queries
    (root / "data/mine").mkdir(parents=True)
    write(root / "params.yaml", **ROWS)
    return root


@pytest.fixture
def params(project: Path) -> Params:
    return Params.load(project / "params.yaml")


@pytest.fixture
def material(project: Path, params: Params) -> Material:
    return Material.load(project, params, 5, [], False, print)
