import numpy as np
import pytest

from itemvec.core.top_k import Top
from itemvec.protocol.tied import tied


def top(*scores: list[float]) -> Top:
    found = np.array(scores, dtype=np.float32)
    return Top(np.where(found > -np.inf, np.arange(found.shape[1]), -1), found)


def test_a_tie_at_the_border_counts_and_no_other() -> None:
    found = top([4, 4, 3, 2], [4, 3, 3, 2], [4, 3, 2, 2], [4, 3, -np.inf, -np.inf], [4, -np.inf, -np.inf, -np.inf])
    assert tied([found], "ndcg@2") == {"tied@2": pytest.approx(1 / 5)}


def test_it_is_the_mean_of_seeds() -> None:
    assert tied([top([1, 1]), top([2, 1])], "hit@1") == {"tied@1": 0.5}


def test_who_looks_no_deeper_cannot_know() -> None:
    assert tied([top([1, 1])], "ndcg@2") == {}
    assert tied([Top(np.empty((0, 5), dtype=np.int64), np.empty((0, 5), dtype=np.float32))], "ndcg@2") == {}
