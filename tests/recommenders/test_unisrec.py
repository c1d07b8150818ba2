from typing import Any

import pytest

from itemvec.arrays import Floats
from itemvec.histories import Histories
from itemvec.recommenders.unisrec import UniSRec
from tests.recommenders.conftest import next_is_right, training

SMALL: Any = {"width": 16, "positions": 64, "learning_rate": 0.02, "epochs": 12, "patience": 12, "max_history": 8}


@pytest.mark.parametrize("tuning", ["inductive", "transductive"])
@pytest.mark.parametrize("contrastive", [0, 4])
def test_the_planted_order_is_learnt(tuning: Any, contrastive: int, planted: Histories, vectors: Floats) -> None:
    score = UniSRec(tuning=tuning, contrastive=contrastive, **SMALL).fit(training(planted, vectors))
    assert next_is_right(score, planted) > 0.95
