from typing import Any

import numpy as np
import pytest

from itemvec.core.arrays import Floats
from itemvec.core.top_k import top_k
from itemvec.protocol.histories import Histories
from itemvec.recommenders import Score, Training
from tests.conftest import cycles

N_ITEMS = 12


@pytest.fixture
def planted(rng: np.random.Generator) -> Histories:
    """After item i comes item i + 1, on a circle of twelve."""
    return cycles(80, N_ITEMS, 9, rng)


@pytest.fixture
def vectors(rng: np.random.Generator) -> Floats:
    return rng.standard_normal((N_ITEMS, 16), dtype=np.float32)


def next_is_right(score: Score, asked: Histories) -> float:
    """Share of users for whom the best item is the one after their last."""
    last = asked.items[asked.offsets[1:] - 1]
    return float((top_k(score(asked), 1).positions[:, 0] == (last + 1) % asked.n_items).mean())


def training(histories: Histories, vectors: Any = None, seed: int = 1) -> Training:
    return Training(histories, vectors, lambda score: next_is_right(score, histories), seed)
