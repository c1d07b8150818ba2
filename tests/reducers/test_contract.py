"""What every reducer kind must do."""

import numpy as np
import pyarrow as pa
import pytest
from scipy.sparse import csr_array

from itemvec.core.arrays import Floats
from itemvec.core.errors import ParamsError
from itemvec.metrics import Judgments
from itemvec.reducers import REDUCERS, Reducer, Sample, Trial
from tests.conftest import REDUCER_ROWS


def test_every_kind_has_an_example_row() -> None:
    assert set(REDUCER_ROWS) == set(REDUCERS.kinds())


@pytest.fixture(params=REDUCER_ROWS)
def reducer(request: pytest.FixtureRequest) -> Reducer:
    return REDUCERS.build(request.param, REDUCER_ROWS[request.param])


@pytest.fixture
def vectors(rng: np.random.Generator) -> np.ndarray:
    return rng.standard_normal((200, 12), dtype=np.float32) * np.arange(12, 0, -1, dtype=np.float32)


def sample(batches: list[Floats]) -> Sample:
    """Items, each of the first twenty as a query that wants it and the next, and as a user who had both."""
    queries = np.concatenate(batches)[:20]
    pairs = np.stack([np.arange(20), np.arange(1, 21)], axis=1).ravel()
    judged = Judgments(pa.array([f"q{row}" for row in range(20)]), pairs, np.ones(40), np.arange(0, 41, 2))
    had = csr_array((np.ones(40, dtype=np.float32), pairs, np.arange(0, 41, 2)), (20, sum(map(len, batches))))
    return Sample(batches, queries=[queries], trial=lambda: Trial(queries, judged), interactions=lambda: had)


def test_shape_type_and_values(reducer: Reducer, vectors: np.ndarray, rng: np.random.Generator) -> None:
    transform = reducer.fit(sample([vectors]), rng)
    for asked in (vectors, vectors[:1], vectors[:0]):
        reduced = transform(asked)
        assert len(reduced) == len(asked)
        assert reduced.shape[1] <= 12
        assert reduced.dtype == np.float32
        assert np.isfinite(reduced).all()


def test_rows_are_transformed_one_by_one(reducer: Reducer, vectors: np.ndarray, rng: np.random.Generator) -> None:
    transform = reducer.fit(sample([vectors]), rng)
    parts = np.concatenate([transform(part) for part in np.split(vectors, [1, 50])])
    assert transform(vectors) == pytest.approx(parts, abs=1e-4)


def test_batches_do_not_matter(reducer: Reducer, vectors: np.ndarray) -> None:
    whole, parts = (
        reducer.fit(sample(batches), np.random.default_rng(1))(vectors)
        for batches in ([vectors], np.split(vectors, [1, 70]))
    )
    assert whole == pytest.approx(parts, abs=1e-4)


def test_same_seed_same_result(reducer: Reducer, vectors: np.ndarray) -> None:
    first, second = (reducer.fit(sample([vectors]), np.random.default_rng(7))(vectors) for _ in range(2))
    assert (first == second).all()


def test_input_is_left_alone(reducer: Reducer, vectors: np.ndarray, rng: np.random.Generator) -> None:
    before = vectors.copy()
    reducer.fit(sample([vectors]), rng)(vectors)
    assert (vectors == before).all()


LEARNS_NOTHING = {"identity", "truncate", "random-drop", "random-projection", "quantize"}  # from how items differ


def test_what_learns_from_items_is_not_fitted_on_equal_ones(reducer: Reducer, rng: np.random.Generator) -> None:
    equal = np.tile(rng.standard_normal((1, 12), dtype=np.float32), (200, 1))
    kind = REDUCERS.kind_of(reducer)
    if kind in LEARNS_NOTHING | {"product-quantize"}:  # whose centroids are then one
        assert np.isfinite(reducer.fit(sample([equal]), rng)(equal)).all()
    else:
        with pytest.raises(ParamsError, match=r"all 200 item vectors are equal|1 (different )?queries are too few"):
            reducer.fit(sample([equal]), rng)
