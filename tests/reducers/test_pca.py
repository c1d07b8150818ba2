import numpy as np
import pytest
from scipy.linalg import subspace_angles
from sklearn.decomposition import PCA

from itemvec.errors import ParamsError
from itemvec.reducers.pca import Pca, dims_for


@pytest.fixture
def vectors(rng: np.random.Generator) -> np.ndarray:
    mixed = rng.standard_normal((1000, 20)) @ rng.standard_normal((20, 20)) + 100  # far from the origin
    return mixed.astype(np.float32)


def test_agrees_with_scikit_learn(vectors: np.ndarray, rng: np.random.Generator) -> None:
    reduced = Pca(dim=6).fit(np.split(vectors, 8), rng)(vectors)
    expected = PCA(6, svd_solver="full").fit(vectors.astype(np.float64))
    theirs = expected.transform(vectors.astype(np.float64))
    assert subspace_angles(reduced.astype(np.float64), theirs).max() < 1e-4
    assert reduced.var(axis=0) == pytest.approx(theirs.var(axis=0), rel=1e-4)


def test_as_few_directions_as_hold_the_variance(rng: np.random.Generator) -> None:
    """Planted: variances 60, 30, 9 and 1 on four axes."""
    vectors = rng.standard_normal((20_000, 4)).astype(np.float32) * np.sqrt([60, 30, 9, 1], dtype=np.float32)
    dims = {share: Pca(variance=share).fit([vectors], rng)(vectors[:1]).shape[1] for share in (0.5, 0.8, 0.95, 1.0)}
    assert dims == {0.5: 1, 0.8: 2, 0.95: 3, 1.0: 4}


def test_queries_are_centred_on_the_items_mean(rng: np.random.Generator) -> None:
    items = np.array([[1, 0], [3, 0]], dtype=np.float32)
    transform = Pca(dim=1).fit([items], rng)
    assert transform(np.array([[2, 5]], dtype=np.float32)).tolist() == [[0]]


def test_dims_for_by_hand() -> None:
    eigenvalues = np.array([6.0, 3, 1])
    assert [dims_for(eigenvalues, share) for share in (0.1, 0.6, 0.61, 0.9, 1)] == [1, 1, 2, 2, 3]


@pytest.mark.parametrize("options", [{}, {"dim": 3, "variance": 0.5}])
def test_either_dim_or_variance(options: dict[str, float]) -> None:
    with pytest.raises(ParamsError, match="give either dim or variance"):
        Pca(**options)  # type: ignore[arg-type]


def test_more_dimensions_than_there_are_is_refused(vectors: np.ndarray, rng: np.random.Generator) -> None:
    with pytest.raises(ParamsError, match="dim 21 is more than the 20 the vectors have"):
        Pca(dim=21).fit([vectors], rng)
