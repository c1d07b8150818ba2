import numpy as np
import pytest

from itemvec.protocol.k_means import k_means, nearest


def test_planted_clusters_are_found(rng: np.random.Generator) -> None:
    centres = np.array([[0, 0], [10, 0], [0, 10]], dtype=np.float32)
    labels = np.repeat(np.arange(3), 30)
    vectors = centres[labels] + 0.1 * rng.standard_normal((90, 2)).astype(np.float32)
    centroids = k_means(vectors, 3, 1)
    expected = np.stack([vectors[labels == one].mean(axis=0) for one in range(3)])
    order = nearest(centres, centroids)
    assert centroids[order] == pytest.approx(expected, abs=1e-4)
    assert (nearest(vectors, centroids) == order[labels]).all()


def test_the_same_seed_gives_the_same(rng: np.random.Generator) -> None:
    vectors = rng.standard_normal((500, 4)).astype(np.float32)
    assert (k_means(vectors, 9, 3) == k_means(vectors, 9, 3)).all()


def test_there_are_no_more_clusters_than_different_vectors() -> None:
    vectors = np.array([[1, 0], [1, 0], [0, 1]], dtype=np.float32)
    assert sorted(k_means(vectors, 5, 0).tolist()) == [[0, 1], [1, 0]]
