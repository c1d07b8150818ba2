from collections.abc import Iterator

import numpy as np
import pytest
from scipy.linalg import subspace_angles
from sklearn.decomposition import PCA

from itemvec.core.arrays import Floats
from itemvec.core.errors import ParamsError
from itemvec.reducers import Sample
from itemvec.reducers.pca import Pca, dims_for


@pytest.fixture
def vectors(rng: np.random.Generator) -> np.ndarray:
    mixed = rng.standard_normal((1000, 20)) @ rng.standard_normal((20, 20)) + 100  # far from the origin
    return mixed.astype(np.float32)


@pytest.fixture
def planted(rng: np.random.Generator) -> Floats:
    """Variances that fall by a tenth from one direction to the next, along random directions, off the origin."""
    turn = np.linalg.qr(rng.standard_normal((96, 96)))[0]
    scaled = rng.standard_normal((20_000, 96)) * 0.9 ** (np.arange(96) / 2)
    vectors: Floats = (scaled @ turn + 3).astype(np.float32)
    return vectors


@pytest.mark.parametrize("dim", [8, 32, 64])
def test_agrees_with_scikit_learn(planted: np.ndarray, rng: np.random.Generator, dim: int) -> None:
    sample = Sample(np.split(planted, 8))
    expected = PCA(dim, svd_solver="full").fit(planted.astype(np.float64))
    ours = sample.moments
    assert subspace_angles(ours.directions[:dim].T, expected.components_.T).max() < 1e-4
    ratios = ours.values[:dim] / ours.values.sum()
    assert ratios == pytest.approx(expected.explained_variance_ratio_, abs=1e-6)
    reduced, theirs = Pca(dim=dim).fit(sample, rng)(planted), expected.transform(planted.astype(np.float64))
    assert subspace_angles(reduced.astype(np.float64), theirs).max() < 1e-4
    assert reduced.var(axis=0) == pytest.approx(theirs.var(axis=0), rel=1e-4)


def test_a_sweep_reads_the_items_once(planted: np.ndarray, rng: np.random.Generator) -> None:
    reads = []

    class Watched:
        def __iter__(self) -> Iterator[Floats]:
            yield planted
            reads.append("to the end")

    sample = Sample(Watched())
    for dim in (8, 16, 32, 64):
        Pca(dim=dim).fit(sample, rng)
    assert len(reads) == 1


def test_as_few_directions_as_hold_the_variance(rng: np.random.Generator) -> None:
    """Planted: variances 60, 30, 9 and 1 on four axes."""
    vectors = rng.standard_normal((20_000, 4)).astype(np.float32) * np.sqrt([60, 30, 9, 1], dtype=np.float32)
    dims = {
        share: Pca(variance=share).fit(Sample([vectors]), rng)(vectors[:1]).shape[1] for share in (0.5, 0.8, 0.95, 1.0)
    }
    assert dims == {0.5: 1, 0.8: 2, 0.95: 3, 1.0: 4}


def test_queries_are_centred_on_the_items_mean(rng: np.random.Generator) -> None:
    items = np.array([[1, 0], [3, 0]], dtype=np.float32)
    transform = Pca(dim=1).fit(Sample([items]), rng)
    assert transform(np.array([[2, 5]], dtype=np.float32)).tolist() == [[0]]


def test_the_papers_defect_centres_queries_on_their_own_mean(rng: np.random.Generator) -> None:
    items = np.array([[1, 0], [3, 0]], dtype=np.float32)
    queries = np.array([[5, 1], [7, 1]], dtype=np.float32)
    transform = Pca(dim=1, centre="queries").fit(Sample([items], queries=[queries[:1], queries[1:]]), rng)
    assert transform(queries, "query").tolist() == [[5 - 6], [7 - 6]]
    assert transform(items).tolist() == [[1 - 2], [3 - 2]]


def test_dims_for_by_hand() -> None:
    eigenvalues = np.array([6.0, 3, 1])
    assert [dims_for(eigenvalues, share) for share in (0.1, 0.6, 0.61, 0.9, 1)] == [1, 1, 2, 2, 3]


@pytest.mark.parametrize("options", [{}, {"dim": 3, "variance": 0.5}])
def test_either_dim_or_variance(options: dict[str, float]) -> None:
    with pytest.raises(ParamsError, match="give either dim or variance"):
        Pca(**options)  # type: ignore[arg-type]


def test_more_dimensions_than_there_are_is_refused(vectors: np.ndarray, rng: np.random.Generator) -> None:
    with pytest.raises(ParamsError, match="dim 21 is more than the 20 the vectors have"):
        Pca(dim=21).fit(Sample([vectors]), rng)


def test_directions_of_a_sample_project_all_about_the_mean_of_all(vectors: np.ndarray) -> None:
    whole = Sample(np.split(vectors, 4))
    fitted = [Pca(dim=20, sample=300, draw=d).fit(whole, np.random.default_rng(1)) for d in (0, 0, 1)]
    first, again, other = (one(vectors) for one in fitted)
    assert (first == again).all()
    assert np.abs(first - other).max() > 0.01
    assert first.mean(axis=0) == pytest.approx(np.zeros(20), abs=1e-3)  # all dimensions: distances stay
    assert np.linalg.norm(first, axis=1) == pytest.approx(np.linalg.norm(vectors - vectors.mean(0), axis=1), rel=1e-3)
    assert fitted[0].facts == {"sample": {"items": 300, "seeded": True}}


def test_an_unseeded_sample_differs_from_run_to_run(vectors: np.ndarray) -> None:
    """A defect that can be reproduced."""
    pca = Pca(dim=5, sample=50, seeded=False)
    one, two = (pca.fit(Sample([vectors]), np.random.default_rng(1))(vectors) for _ in range(2))
    assert np.abs(one - two).max() > 0.01
    with pytest.raises(ParamsError, match="draw and seeded need sample"):
        Pca(dim=5, seeded=False)
