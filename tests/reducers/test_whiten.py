import numpy as np
import pytest

from itemvec.core.errors import ParamsError
from itemvec.reducers import Sample
from itemvec.reducers.whiten import Whiten


@pytest.fixture
def vectors(rng: np.random.Generator) -> np.ndarray:
    mixed = rng.standard_normal((2000, 6)) @ rng.standard_normal((6, 6)) + 2
    return mixed.astype(np.float32)


@pytest.mark.parametrize("method", ["zca", "pca"])
def test_the_covariance_becomes_the_unit_matrix(vectors: np.ndarray, rng: np.random.Generator, method: str) -> None:
    white = Whiten(method=method, epsilon=1e-9).fit(Sample([vectors]), rng)(vectors)  # type: ignore[arg-type]
    assert white.mean(axis=0) == pytest.approx(np.zeros(6), abs=1e-4)
    assert np.cov(white.T, bias=True) == pytest.approx(np.eye(6), abs=1e-3)


def test_zca_moves_vectors_least(rng: np.random.Generator) -> None:
    """Planted: uncorrelated axes with variances 4 and 1 are scaled, and not turned."""
    vectors = np.array([[2, 1], [2, -1], [-2, 1], [-2, -1]], dtype=np.float32)
    white = Whiten(epsilon=1e-9).fit(Sample([vectors]), rng)(vectors)
    assert white == pytest.approx(vectors / [2, 1], abs=1e-5)


def test_each_group_is_whitened_by_itself(vectors: np.ndarray, rng: np.random.Generator) -> None:
    white = Whiten(groups=2).fit(Sample([vectors]), rng)(vectors)
    for run in (slice(0, 3), slice(3, 6)):
        alone = Whiten().fit(Sample([vectors[:, run]]), rng)(vectors[:, run])
        assert white[:, run] == pytest.approx(alone, abs=1e-4)
    between = np.cov(white.T, bias=True)[:3, 3:]
    assert np.abs(between).max() > 0.1  # what groups have in common stays


def test_a_direction_without_variance_does_not_grow(rng: np.random.Generator) -> None:
    vectors = rng.standard_normal((500, 3)).astype(np.float32)
    vectors[:, 2] = 5
    white = Whiten().fit(Sample([vectors]), rng)(vectors)
    assert np.abs(white[:, 2]).max() < 0.1


def test_fewer_dimensions_are_the_first_directions(vectors: np.ndarray, rng: np.random.Generator) -> None:
    whole, some = (Whiten(method="pca", dim=dim).fit(Sample([vectors]), rng)(vectors) for dim in (6, 2))
    assert some == pytest.approx(whole[:, :2], abs=1e-6)


@pytest.mark.parametrize("options", [{"dim": 2}, {"dim": 2, "method": "pca", "groups": 2}])
def test_dim_needs_directions(options: dict[str, object]) -> None:
    with pytest.raises(ParamsError, match="dim needs method pca and one group"):
        Whiten(**options)  # type: ignore[arg-type]


def test_groups_must_divide_the_width(vectors: np.ndarray, rng: np.random.Generator) -> None:
    with pytest.raises(ParamsError, match="groups 4 does not divide the 6 dimensions"):
        Whiten(groups=4).fit(Sample([vectors]), rng)


def test_half_the_strength_leaves_standard_deviations_of_variances(
    vectors: np.ndarray, rng: np.random.Generator
) -> None:
    """Planted: along a direction of variance v, v / v ** 0.5 is left."""
    whiten = Whiten(method="pca", epsilon=1e-9, strength=0.5)
    sample = Sample([vectors])
    left = whiten.fit(sample, rng)(vectors)
    assert np.cov(left.T, bias=True) == pytest.approx(np.diag(np.sqrt(sample.moments.values)), abs=1e-3)
