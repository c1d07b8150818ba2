import pytest

from itemvec.metrics.recall import recall
from tests.metrics.conftest import Judge


def test_share_of_the_relevant_items(judge: Judge) -> None:
    ranked = judge(([3, 8, 5], {5: 2, 8: 1, 9: 1, 7: 1}), ([0, 1, 2], {2: 1}))
    assert recall(ranked, 3) == pytest.approx([2 / 4, 1 / 1])
    assert recall(ranked, 2) == pytest.approx([1 / 4, 0])
