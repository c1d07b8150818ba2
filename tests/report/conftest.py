"""A small run on disk: two variants, one recommender, one retriever, two baselines, queries of two groups."""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from itemvec.core.columns import INTERACTIONS, ITEMS, QRELS, QUERIES
from itemvec.core.files import write_json, write_parquet
from itemvec.core.params import Params
from itemvec.core.top_k import Top
from itemvec.decision.decision import decide_all
from itemvec.decision.results import Results, collect
from itemvec.decision.values import Measures
from itemvec.metrics import Judgments
from itemvec.protocol.evaluation import evaluate
from itemvec.stages.collaborative_similarity import ALIKE
from tests.core.test_params import write
from tests.report.plain_decision import plain_decision

N = 40  # users, and queries
CELLS = {  # cell -> (task, share of queries it answers right, seeds)
    "recommend/profile/full": ("recommend", 0.9, 2),
    "recommend/profile/small": ("recommend", 0.85, 2),
    "search/exact/full": ("search", 0.8, 1),
    "search/exact/small": ("search", 0.2, 1),
    "baseline/popular": ("recommend", 0.3, 1),
    "baseline/bm25": ("search", 0.8, 1),
}

MEAN = {"mean": 0.25, "low": 0.125, "high": 0.375}
STUDIES: dict[str, dict[str, Any]] = {
    "ablate_dimensions": {
        "dim": 8,
        "groups": {
            "constructed: a": {
                "queries": 20,
                "ndcg@10": 0.5,
                "harmful": 3,
                "useful": 2,
                "higher": 4,
                "dropped": {"worst tenth": {"dims": [1, 2], "own": 0.125, "other": {**MEAN, "p": 0.0001}}},
            }
        },
    },
    "collaborative_similarity": {
        "items": 50,
        "users": 60,
        "pairs": 1225,
        "pairs_together": 300,
        "ease": {"pearson": 0.1, "spearman": 0.2, "by_item": MEAN},
        "lift": {"pearson": 0.3, "spearman": 0.4},
        "neighbours": {"k": 10, "negative": MEAN, "of_all": 0.5},
    },
    "capacity": {
        "groups": {
            "constructed: a": {
                "density": 0.25,
                "degree": 1.5,
                "query_strength": 0.75,
                "queries": 20,
                "items": 2,
                "free": {"2": {"solved": 0.5, "least": -0.1}, "4": {"solved": 1.0, "least": 0.1}},
            }
        },
        "construction": {"10": "1.5e-02"},
    },
}
LENGTHS = {
    name: {
        "constructed: a": {
            "queries": 20,
            "lengths": {
                length: {"mean": 0.5, "low": 0.25, "high": 0.75, "change": -0.125, "p": p}
                for length, p in found.items()
            },
        }
    }
    for name, found in {"full": {"2": 0.06, "4": 0.01, "6": 0.001, "8": 1.0}, "small": {"2": 1.0}}.items()
}
ALIKE_PAIRS = [
    {
        "left": "1",
        "right": "2",
        "left_text": "red <b>",
        "right_text": "blue",
        "cosine": 0.75,
        "together": 0,
        "expected": 6,
    }
]


def measured(folder: Path, cell: str) -> None:
    """Write a cell whose first queries are answered right and whose others are not; a later seed answers one less."""
    task, share, seeds = CELLS[cell]
    judgments = Judgments(
        pa.array([f"q{i:02}" for i in range(N)]), np.zeros(N, dtype=np.int64), np.ones(N), np.arange(N + 1)
    )
    wrong = [np.arange(N) >= share * N - seed for seed in range(seeds)]  # item 0 is right, item 1 is wrong
    rankings = {seed: Top(wrong[seed].astype(np.int64)[:, None], np.ones((N, 1), np.float32)) for seed in range(seeds)}
    groups = ["users"] * N if task == "recommend" else ["constructed: a"] * (N // 2) + ["constructed: b"] * (N // 2)
    names = ["hit@1", "mrr@1"] if task == "search" else ["hit@1"]
    found = evaluate(rankings, judgments, pa.array(groups), pa.array(["x", "y"]), names, {"task": task})
    found.write(
        folder / "runs" / f"{cell}.parquet",
        folder / "measures" / f"{cell}.parquet",
        folder / "results" / f"{cell}.json",
    )


def small_run(folder: Path) -> None:
    """Write what a run leaves, but for the decision."""
    for cell in CELLS:
        measured(folder, cell)
    ids = [f"q{i:02}" for i in range(N)]
    groups = ["constructed: a"] * (N // 2) + ["constructed: b"] * (N // 2)
    tables = {
        "items": pa.table([["x", "y"], ["the right one", "the wrong one"]], schema=ITEMS),
        "queries": pa.table([ids, [f"what is {one}" for one in ids], groups], schema=QUERIES),
        "qrels": pa.table([ids, ["x"] * N, [1.0] * N], schema=QRELS),
        "interactions": pa.table([ids, ["x"] * N, range(N)], schema=INTERACTIONS),
    }
    for name, table in tables.items():
        write_parquet(folder / "tables" / f"{name}.parquet", table)
    encoder = {"revision": "0123456789abcdef", "libraries": {"torch": "2.13.0", "tokenizers": "0.23.3"}}
    embedded = {"dim": 8, "rows": {"items": 2, "queries": N}, "encoder": encoder}
    write_json(folder / "results" / "embed.json", embedded)
    write_json(folder / "embeddings.digest", {"items": {"rows": 2, "dim": 8, "sha256": "ab" * 32}})
    for name, dim in (("full", 8), ("small", 2)):
        write_json(folder / "results" / "reduce" / f"{name}.json", {"dim": dim, "bytes_per_item": 4 * dim})
        shares = {f"{share}%": 1 for share in (80, 90, 95, 99)}
        facts = {"variance": dim / 8, "effective_dim": shares, "participation_ratio": 1.5, "mean_cosine": 0.25}
        facts |= {"isoscore": 0.125, "uniformity": -2.5, "hubness": {"skewness": 3.25, "largest": 0.5, "never": 0.0625}}
        margin = {"queries": 20, "positive": dim / 8, "least": -0.5, "median": 0.375}
        facts |= {"alignment": {"queries": 0.875}, "margin": {"constructed: a": margin}}
        write_json(folder / "results" / "analyze" / f"{name}.json", facts)
        write_json(folder / "results" / "truncation" / f"{name}.json", {"metric": "hit@1", "groups": LENGTHS[name]})
    for name, found in STUDIES.items():
        write_json(folder / "results" / f"{name}.json", found)
    write_parquet(folder / "measures" / "alike.parquet", pa.Table.from_pylist(ALIKE_PAIRS, schema=ALIKE))


def small_params(folder: Path) -> Params:
    return Params.load(
        write(
            folder / "params.yaml",
            variants=["full", "small"],
            recommenders=["profile"],
            retrievers=["exact"],
            baselines=["popular", "bm25"],
            reducers={"full": {"kind": "identity"}, "small": {"kind": "pca", "dim": 2}},
            recommend={"split": "leave-one-out", "mask_history": True, "depth": 1, "seeds": 2, "metrics": ["hit@1"]},
            search={"depth": 1, "metrics": ["hit@1", "mrr@1"]},
        )
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    small_run(tmp_path)
    return tmp_path


@pytest.fixture
def params(folder: Path) -> Params:
    return small_params(folder)


@pytest.fixture
def results(params: Params, folder: Path) -> Results:
    return collect(params, folder / "results")


@pytest.fixture
def told(results: Results) -> dict[str, Any]:
    return plain_decision(results)


@pytest.fixture
def decision(results: Results, folder: Path) -> dict[str, Any]:
    return decide_all(results, Measures.below(folder / "measures"), folder / "tables")
