from itemvec.metrics.complete_recall import complete_recall
from tests.metrics.conftest import Judge


def test_all_that_is_relevant_must_be_found(judge: Judge) -> None:
    ranked = judge(([3, 1, 4], {3: 1, 4: 2}), ([3, 1, 4], {1: 1}), ([3, 1, 4], {3: 1, 9: 1}))
    assert complete_recall(ranked, 3).tolist() == [1, 1, 0]
    assert complete_recall(ranked, 2).tolist() == [0, 1, 0]
    assert complete_recall(ranked, 1).tolist() == [0, 0, 0]  # the first query has more relevant items than ranks
