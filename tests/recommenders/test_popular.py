from itemvec.recommenders.popular import Popular
from tests.conftest import histories
from tests.recommenders.conftest import training


def test_scores_are_counts() -> None:
    score = Popular().fit(training(histories([0, 2], [2], [2, 1], n_items=4)))
    assert score(histories([3], [0], n_items=4)).tolist() == [[1, 1, 3, 0]] * 2
