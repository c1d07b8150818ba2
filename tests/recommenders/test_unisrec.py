from dataclasses import replace
from typing import Any

import pytest

from itemvec.core.arrays import Floats
from itemvec.protocol.histories import Histories
from itemvec.recommenders import Score
from itemvec.recommenders.unisrec import UniSRec
from tests.recommenders.conftest import next_is_right, training

SMALL: Any = {"width": 16, "positions": 64, "learning_rate": 0.02, "epochs": 12, "patience": 12, "max_history": 8}


@pytest.mark.parametrize("tuning", ["inductive", "transductive"])
@pytest.mark.parametrize("contrastive", [0, 4])
def test_the_planted_order_is_learnt(tuning: Any, contrastive: int, planted: Histories, vectors: Floats) -> None:
    score = UniSRec(tuning=tuning, contrastive=contrastive, **SMALL).fit(training(planted, vectors))
    assert next_is_right(score, planted) > 0.95


def test_patience_and_the_best_epoch_begin_anew_with_fine_tuning(planted: Histories, vectors: Floats) -> None:
    seen: list[Floats] = []

    def validate(score: Score) -> float:
        seen.append(score(planted))
        return [0.9, 0.1, 0.1, 0.1, 0.2, 0.3, 0.2, 0.2, 0.9][len(seen) - 1]

    recommender = UniSRec(contrastive=4, **SMALL | {"patience": 2})
    fitted = recommender.fit(replace(training(planted, vectors), validate=validate))
    assert len(seen) == 8  # epochs 7 and 8 were no better than epoch 6
    assert fitted(planted) == pytest.approx(seen[5], abs=1e-5)


def test_the_best_epoch_of_pre_training_is_kept_where_nothing_follows(planted: Histories, vectors: Floats) -> None:
    seen: list[Floats] = []

    def validate(score: Score) -> float:
        seen.append(score(planted))
        return [0.1, 0.9, 0.1, 0.1][len(seen) - 1]

    recommender = UniSRec(contrastive=4, **SMALL | {"patience": 1, "epochs": 4})
    fitted = recommender.fit(replace(training(planted, vectors), validate=validate))
    assert len(seen) == 4
    assert fitted(planted) == pytest.approx(seen[1], abs=1e-5)
