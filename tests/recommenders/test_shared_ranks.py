import numpy as np
import pytest

from itemvec.core.arrays import Doubles, Floats, Ints
from itemvec.recommenders.shared_ranks import quotas, shared


def ranking(scores: Floats, weights: list[float], known: list[int] | None = None, ranks: int = 1000) -> list[int]:
    """Items of the one user in their merged order."""
    mask = np.zeros((1, scores.shape[1]), dtype=bool)
    mask[0, known or []] = True
    merged = shared(scores[:, None, :].astype(np.float32), np.array([weights]), mask, ranks)
    return np.argsort(-merged[0], kind="stable").tolist()  # type: ignore[no-any-return]


def falling(*orders: list[int]) -> Floats:
    """Scores of objectives that rank the items in these orders."""
    return np.stack([-np.argsort(order) for order in orders]).astype(np.float32)


def test_quotas_sum_to_k_and_follow_the_weights(rng: np.random.Generator) -> None:
    weights = rng.dirichlet(np.ones(3), size=50)
    for k in (0, 1, 7, 100):
        found = quotas(weights, k)
        assert (found.sum(axis=1) == k).all()
        assert (found >= np.floor(weights * k) - 1).all()
    assert np.abs(quotas(weights, 1000) / 1000 - weights).max() < 0.003
    assert quotas(np.array([[0.6, 0.3, 0.1]]), 10).tolist() == [[6, 3, 1]]


def test_ranks_are_shared_by_turns(rng: np.random.Generator) -> None:
    """.6, .3, .3 (equal: the first), .2, .15 (equal): two of the first objective for each of the second."""
    both = falling([0, 1, 2, 3, 4, 5], [5, 4, 3, 2, 1, 0])
    assert ranking(both, [2 / 3, 1 / 3]) == [0, 1, 5, 2, 3, 4]
    apart = falling(list(range(40)), [*range(20, 40), *range(20)])
    for weights in rng.dirichlet(np.ones(2), size=5):
        for k in (1, 5, 10, 19):
            first = np.array(ranking(apart, weights.tolist())[:k]) < 20
            assert [first.sum(), (~first).sum()] == quotas(weights[None], k)[0].tolist()


def test_items_that_are_known_use_up_no_quota() -> None:
    both = falling([0, 1, 2, 3, 4, 5], [5, 4, 3, 2, 1, 0])
    order = ranking(both, [2 / 3, 1 / 3], known=[0, 1, 5])
    assert order == [0, 1, 2, 3, 5, 4]
    assert [item for item in order if item not in (0, 1, 5)] == [2, 3, 4]


def test_equal_rankings_stay_as_they_are(rng: np.random.Generator) -> None:
    order = rng.permutation(30).tolist()
    assert ranking(falling(order, order), [0.3, 0.7]) == order


def test_behind_the_shared_ranks_the_best_rank_counts() -> None:
    both = falling([0, 1, 2, 3, 4, 5], [0, 1, 3, 5, 2, 4])
    assert ranking(both, [1, 0], ranks=2) == [0, 1, 2, 3, 5, 4]


def test_users_are_merged_as_each_alone(rng: np.random.Generator) -> None:
    scores = rng.standard_normal((3, 6, 20)).astype(np.float32)
    weights: Doubles = rng.dirichlet(np.ones(3), size=6)
    known = rng.random((6, 20)) < 0.2
    whole = shared(scores, weights, known)
    for user in range(6):
        alone: Ints = shared(scores[:, user : user + 1], weights[user : user + 1], known[user : user + 1])[0]
        assert (np.argsort(-alone) == np.argsort(-whole[user])).all()
    assert shared(scores[:, :0], weights[:0], known[:0]).shape == (0, 20)


@pytest.mark.parametrize("n_items", [1, 2])
def test_few_items(n_items: int) -> None:
    assert sorted(ranking(falling(list(range(n_items))), [1.0])) == list(range(n_items))
