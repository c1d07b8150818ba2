import numpy as np
import pytest

from itemvec.core.arrays import Floats
from itemvec.protocol.histories import Histories
from itemvec.stages.recommend import rank
from tests.conftest import histories


def test_users_in_blocks_are_ranked_as_together(monkeypatch: pytest.MonkeyPatch, rng: np.random.Generator) -> None:
    users = histories(*([int(item)] for item in rng.integers(50, size=30)), n_items=50)
    table = rng.random((50, 50), dtype=np.float32)

    def score(asked: Histories) -> Floats:
        rows: Floats = table[asked.items].copy()
        return rows

    whole = rank(score, users, 10, mask=True)
    monkeypatch.setattr("itemvec.stages.recommend.SCORES", 50 * 7)
    parts = rank(score, users, 10, mask=True)
    assert (whole.positions == parts.positions).all()
    assert not (whole.positions == users.items[:, None]).any()
