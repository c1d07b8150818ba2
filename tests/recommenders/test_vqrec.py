from typing import Any

import numpy as np
import pytest

from itemvec.core.arrays import Floats
from itemvec.core.errors import ParamsError
from itemvec.protocol.histories import Histories
from itemvec.recommenders.vqrec import VqRec
from tests.recommenders.conftest import next_is_right, training

SMALL: Any = {"parts": 4, "bits": 2, "width": 16, "positions": 64, "learning_rate": 0.02, "max_history": 8}


@pytest.mark.parametrize("pooling", ["mean", "sum"])
def test_the_planted_order_is_learnt(pooling: Any, planted: Histories, vectors: Floats) -> None:
    score = VqRec(pooling=pooling, epochs=30, patience=30, **SMALL).fit(training(planted, vectors))
    assert next_is_right(score, planted) > 0.95


def test_equal_texts_have_equal_scores(planted: Histories, vectors: Floats) -> None:
    vectors[5] = vectors[9]
    scores = VqRec(epochs=1, **SMALL).fit(training(planted, vectors))(planted)
    assert scores[:, 5] == pytest.approx(scores[:, 9], abs=1e-5)
    assert np.ptp(scores, axis=1).min() > 0.1


def test_too_many_parts_are_refused(planted: Histories, vectors: Floats) -> None:
    with pytest.raises(ParamsError, match="cannot be cut into 32 parts"):
        VqRec().fit(training(planted, vectors))
