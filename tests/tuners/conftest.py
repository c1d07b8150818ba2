from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from itemvec.core.arrays import Floats
from itemvec.encoders.sentence_transformer import SentenceTransformerEncoder
from itemvec.metrics import Judgments
from itemvec.tuners import Asked, Lesson
from itemvec.tuners.base import unit
from tests.encoders.tiny import DIM as WIDTH
from tests.encoders.tiny import FAMILIES, LIMIT

N, DIM = 120, 16
COLOURS, THINGS = ["red", "blue", "green", "small", "long", "wide"], ["shirt", "hat", "hose", "lamp", "chair", "table"]
WORDS = [*COLOURS, *THINGS, "cotton", "wool", "silk", "garden", "kitchen"]


def normal(rng: np.random.Generator, n: int = N) -> Floats:
    return unit(rng.standard_normal((n, DIM), dtype=np.float32))


def asked(queries: Floats, wanted: Any, groups: Any = None, texts: Any = None) -> Asked:
    """One relevant item for each query, or a row of them."""
    wanted = np.asarray(wanted).reshape(len(queries), -1)
    n, each = wanted.shape
    ids = pa.array([f"q{row}" for row in range(n)], pa.string())
    judged = Judgments(ids, np.sort(wanted, axis=1).ravel(), np.ones(n * each), np.arange(0, n * each + 1, each))
    groups = np.full(n, "all") if groups is None else groups
    texts = [f"query {row}" for row in range(n)] if texts is None else texts
    return Asked(queries, texts, judged, np.empty((0, 2), np.int64), None, groups)


def lesson(items: Floats, train: Asked, validation: Asked, **others: Any) -> Lesson:
    return Lesson(items, [f"item {row}" for row in range(len(items))], train, validation, **others)


def shifted(rng: np.random.Generator) -> tuple[Lesson, Asked]:
    """1,000 items; queries are items, all of them drawn towards one direction: so many, and queries to test."""
    items = normal(rng, 1000)
    queries = unit(items + 2 * normal(rng, 1) + 0.3 * normal(rng, 1000))
    train, validation, test = (
        asked(queries[some], np.arange(1000)[some]) for some in (slice(N), slice(N, N + 40), slice(N + 40, 1000))
    )
    return lesson(items, train, validation), test


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> SentenceTransformerEncoder:
    """A random model with a prompt for queries."""
    folder = tmp_path_factory.mktemp("tiny") / "bert"
    folder.mkdir()
    FAMILIES["bert_mean"](folder)
    return SentenceTransformerEncoder(str(folder), WIDTH, query_prompt="find: ", item_prompt="item: ", max_tokens=LIMIT)


@pytest.fixture
def texts(tiny: SentenceTransformerEncoder, tmp_path: Path) -> Lesson:
    """Queries of two words, to which an item with the same words is relevant; 60 items."""
    from itemvec.tuners.live_model import searched

    rng = np.random.default_rng(3)
    items = [" ".join(rng.choice(WORDS, 4, replace=False)) for _ in range(60)]
    queries = [" ".join(one.split()[:2]) for one in items[:30]]
    vectors = searched(tiny, items, "item")
    train, validation = (
        asked(searched(tiny, queries[some], "query"), np.arange(30)[some], texts=queries[some])
        for some in (slice(20), slice(20, 30))
    )
    return Lesson(vectors, items, train, validation, encoder=tiny, checkpoints=tmp_path / "fits")
