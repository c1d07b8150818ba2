import numpy as np
import pytest

from itemvec.core.errors import ParamsError
from itemvec.metrics import METRICS, measure, parse
from tests.metrics.conftest import Judge


def test_gains_are_looked_up_by_query(judge: Judge) -> None:
    ranked = judge(([5, 2, 7], {7: 1, 5: 3}), ([5, 2, -1], {2: 2}))
    assert ranked.gains.tolist() == [[3, 0, 1], [0, 2, 0]]
    assert ranked.ideal.tolist() == [[3, 1, 0], [2, 0, 0]]
    assert ranked.n_relevant.tolist() == [2, 1]


def test_the_best_ranking_is_no_deeper_than_the_ranking(judge: Judge) -> None:
    ranked = judge(([0, 1], dict.fromkeys(range(5), 1)))
    assert ranked.ideal.tolist() == [[1, 1]]
    assert ranked.n_relevant.tolist() == [5]


def test_an_empty_rank_is_never_relevant(judge: Judge) -> None:
    assert judge(([-1, -1], {0: 1}), ([-1, -1], {3: 1})).gains.tolist() == [[0, 0], [0, 0]]


@pytest.mark.parametrize("name", sorted(METRICS))
def test_every_metric_is_zero_for_no_results_and_one_for_the_best(judge: Judge, name: str) -> None:
    ranked = judge(([-1, -1], {0: 1, 1: 2}), ([1, 0], {0: 1, 1: 2}))
    before = ranked.gains.copy()
    values = measure(ranked, [f"{name}@2"])[f"{name}@2"]
    assert values.tolist() == pytest.approx([0, 1])
    assert values.dtype == np.float64
    assert (ranked.gains == before).all()


def test_a_metric_that_looks_deeper_than_the_ranking_is_refused(judge: Judge) -> None:
    with pytest.raises(ParamsError, match="ndcg@3 looks deeper than depth 2; raise depth"):
        measure(judge(([0, 1], {0: 1})), ["ndcg@3"])


def test_names_are_parsed() -> None:
    assert parse("ndcg@10") == (METRICS["ndcg"], 10)
    for name, said in (("ndgc@10", "did you mean 'ndcg'"), ("ndcg", "needs a cut-off"), ("ndcg@0", "needs a cut-off")):
        with pytest.raises(ParamsError, match=said):
            parse(name)
