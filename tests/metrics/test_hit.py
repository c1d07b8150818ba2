from itemvec.metrics.hit import hit
from tests.metrics.conftest import Judge


def test_one_relevant_item_is_enough(judge: Judge) -> None:
    ranked = judge(([3, 8, 5], {5: 2, 8: 1}), ([0, 1, 2], {2: 1}), ([0, 1, 2], {9: 1}))
    assert hit(ranked, 3).tolist() == [1, 1, 0]
    assert hit(ranked, 1).tolist() == [0, 0, 0]
