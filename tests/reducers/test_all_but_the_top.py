import numpy as np
import pytest

from itemvec.reducers import Sample
from itemvec.reducers.all_but_the_top import AllButTheTop

POINTS = np.array([[9, 1], [3, 1], [6, 2], [6, 0]], dtype=np.float32)  # most variance along the first axis; mean (6, 1)


def test_the_top_direction_is_gone(rng: np.random.Generator) -> None:
    left = AllButTheTop(directions=1).fit(Sample([POINTS]), rng)(POINTS)
    assert left == pytest.approx(np.array([[0, 0], [0, 0], [0, 1], [0, -1]]), abs=1e-6)


def test_none_takes_off_the_mean_alone(rng: np.random.Generator) -> None:
    assert AllButTheTop(directions=0).fit(Sample([POINTS]), rng)(POINTS) == pytest.approx(POINTS - [6, 1], abs=1e-6)


@pytest.mark.parametrize(("dim", "removed"), [(20, 1), (300, 3)])
def test_one_in_a_hundred_by_default(rng: np.random.Generator, dim: int, removed: int) -> None:
    vectors = rng.standard_normal((400, dim)).astype(np.float32)
    left = AllButTheTop().fit(Sample([vectors]), rng)(vectors)
    assert np.linalg.matrix_rank(left, tol=1e-3) == dim - removed
