from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pytest

from itemvec.metrics import Judgments, Ranked

Judge = Callable[..., Ranked]


@pytest.fixture
def judge() -> Judge:
    """Ranked gains from rankings and relevant items with their gains, one pair per query."""

    def build(*queries: tuple[list[int], dict[int, float]]) -> Ranked:
        counts = [len(relevant) for _, relevant in queries]
        pairs = [pair for _, relevant in queries for pair in sorted(relevant.items())]
        judgments = Judgments(
            pa.array([f"q{i}" for i in range(len(queries))]),
            np.array([item for item, _ in pairs], dtype=np.int64),
            np.array([gain for _, gain in pairs], dtype=np.float64),
            np.cumsum([0, *counts]),
        )
        return Ranked.judge(np.array([ranking for ranking, _ in queries], dtype=np.int64), judgments)

    return build
