import pytest

from itemvec.metrics.mrr import mrr
from tests.metrics.conftest import Judge


def test_rank_of_the_first_relevant_item(judge: Judge) -> None:
    ranked = judge(([3, 8, 5], {5: 2, 8: 1}), ([0, 1, 2], {2: 1}), ([0, 1, 2], {9: 1}))
    assert mrr(ranked, 3) == pytest.approx([1 / 2, 1 / 3, 0])
    assert mrr(ranked, 2) == pytest.approx([1 / 2, 0, 0])
