"""What every recommender kind must do."""

import numpy as np
import pytest

from itemvec.core.arrays import Floats
from itemvec.core.errors import ParamsError, TableError
from itemvec.protocol.histories import Histories
from itemvec.recommenders import RECOMMENDERS, Recommender
from tests.conftest import RECOMMENDER_ROWS, histories
from tests.recommenders.conftest import N_ITEMS, training


def test_every_kind_has_an_example_row() -> None:
    assert set(RECOMMENDER_ROWS) == set(RECOMMENDERS.kinds())


@pytest.fixture(params=RECOMMENDER_ROWS)
def recommender(request: pytest.FixtureRequest) -> Recommender:
    return RECOMMENDERS.build(request.param, RECOMMENDER_ROWS[request.param])


def test_shape_type_and_values(recommender: Recommender, planted: Histories, vectors: Floats) -> None:
    score = recommender.fit(training(planted, vectors))
    for asked in (planted, planted.slice(0, 1), planted.slice(0, 0)):
        scores = score(asked)
        assert scores.shape == (len(asked), N_ITEMS)
        assert scores.dtype == np.float32
        assert np.isfinite(scores).all()
        assert scores.flags.writeable  # what a user already has is masked in place


def test_users_are_scored_one_by_one(recommender: Recommender, planted: Histories, vectors: Floats) -> None:
    score = recommender.fit(training(planted, vectors))
    parts = np.concatenate([score(block) for block in planted.blocks(7)])
    assert score(planted) == pytest.approx(parts, abs=1e-4)


def test_an_empty_history_and_a_repeated_item_are_no_errors(
    recommender: Recommender, planted: Histories, vectors: Floats
) -> None:
    score = recommender.fit(training(planted, vectors))
    assert np.isfinite(score(histories([], [3, 3, 3], n_items=N_ITEMS))).all()


def test_same_seed_same_scores(recommender: Recommender, planted: Histories, vectors: Floats) -> None:
    first, second = (recommender.fit(training(planted, vectors, seed=5))(planted) for _ in range(2))
    assert (first == second).all()


def test_random_says_whether_two_seeds_differ(recommender: Recommender, planted: Histories, vectors: Floats) -> None:
    first, second = (recommender.fit(training(planted, vectors, seed=seed))(planted) for seed in (1, 2))
    assert bool((first != second).any()) is recommender.random


def test_needs_vectors_says_whether_it_can_be_a_baseline(recommender: Recommender, planted: Histories) -> None:
    if recommender.needs_vectors:
        with pytest.raises(ParamsError, match="needs item vectors"):
            recommender.fit(training(planted))
    else:
        assert recommender.fit(training(planted))(planted).shape == (len(planted), N_ITEMS)


def test_histories_are_left_alone(recommender: Recommender, planted: Histories, vectors: Floats) -> None:
    before = planted.items.copy(), planted.offsets.copy()
    recommender.fit(training(planted, vectors))(planted)
    assert (planted.items == before[0]).all()
    assert (planted.offsets == before[1]).all()


NEEDS_NO_PAIR = {"popular", "profile", "text-ease"}  # they count, or go by texts


def test_what_learns_from_pairs_of_items_is_not_fitted_on_none(recommender: Recommender, vectors: Floats) -> None:
    alone = training(histories(*([item] for item in range(N_ITEMS)), n_items=N_ITEMS), vectors)
    if RECOMMENDERS.kind_of(recommender) in NEEDS_NO_PAIR:
        assert np.isfinite(recommender.fit(alone)(alone.histories)).all()
    else:
        with pytest.raises(TableError, match=r"no training history has two (items|interactions), so there is no"):
            recommender.fit(alone)
