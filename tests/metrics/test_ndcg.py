from math import log2

import numpy as np
import pytest
from sklearn.metrics import ndcg_score

from itemvec.metrics.ndcg import ndcg
from tests.metrics.conftest import Judge


def test_graded_gains_are_discounted(judge: Judge) -> None:
    ranked = judge(([3, 8, 5], {5: 2, 8: 1, 9: 1}))
    found = 1 / log2(3) + 2 / log2(4)
    best = 2 / log2(2) + 1 / log2(3) + 1 / log2(4)
    assert ndcg(ranked, 3) == pytest.approx([found / best])
    assert ndcg(ranked, 2) == pytest.approx([(1 / log2(3)) / (2 / log2(2) + 1 / log2(3))])


def test_equal_gains_may_come_in_any_order(judge: Judge) -> None:
    ranked = judge(([1, 2], {1: 1, 2: 1}), ([2, 1], {1: 1, 2: 1}))
    assert ndcg(ranked, 2) == pytest.approx([1, 1])


def test_agrees_with_scikit_learn(judge: Judge, rng: np.random.Generator) -> None:
    gains = rng.integers(0, 4, size=(40, 30)).astype(float)
    gains[:, 0] = 1
    scores = rng.random(gains.shape)
    rankings = np.argsort(-scores, axis=1)[:, :10]
    ranked = judge(
        *(
            (ranking.tolist(), {item: float(gain) for item, gain in enumerate(row) if gain})
            for ranking, row in zip(rankings, gains, strict=True)
        )
    )
    expected = [ndcg_score(gain[None], score[None], k=10) for gain, score in zip(gains, scores, strict=True)]
    assert ndcg(ranked, 10) == pytest.approx(expected)
