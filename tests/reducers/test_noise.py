import numpy as np
import pytest

from itemvec.reducers import Sample
from itemvec.reducers.noise import Noise
from tests.conftest import unit


@pytest.fixture
def vectors(rng: np.random.Generator) -> np.ndarray:
    """Unit vectors that all lie near one direction."""
    return unit((rng.standard_normal((2000, 32)) * 0.2 + np.eye(32)[0]).astype(np.float32))


def test_it_has_the_stated_length_and_no_direction(vectors: np.ndarray, rng: np.random.Generator) -> None:
    noise = Noise(share=0.5).fit(Sample([vectors]), rng)(vectors) - vectors
    assert np.sqrt(np.square(noise).sum(axis=1).mean()) == pytest.approx(0.5, rel=0.01)
    assert np.linalg.norm(noise.mean(axis=0)) < 0.03
    assert np.cov(noise.T) == pytest.approx(0.25 / 32 * np.eye(32), abs=0.002)


def test_equal_vectors_stay_equal_and_others_are_moved_apart(rng: np.random.Generator) -> None:
    vectors = unit(rng.standard_normal((200, 32)).astype(np.float32))
    near = vectors + np.float32(1e-7)
    transform = Noise(share=1.0).fit(Sample([vectors]), rng)
    assert np.abs(transform(near) - transform(vectors)).max() < 1e-4
    noise = transform(vectors) - vectors
    assert np.abs(np.corrcoef(noise[:100].ravel(), noise[100:].ravel())[0, 1]) < 0.1
    other = transform(vectors, "query") - vectors
    assert np.abs(np.corrcoef(noise.ravel(), other.ravel())[0, 1]) < 0.1


def test_draws_differ(vectors: np.ndarray) -> None:
    one, two = (Noise(0.1, draw).fit(Sample([vectors]), np.random.default_rng(3))(vectors) for draw in (0, 1))
    assert np.abs(one - two).max() > 0.01
