import numpy as np
import pytest
from scipy.stats import skew

from itemvec.core.arrays import Floats, Ints
from itemvec.core.top_k import Top, top_k
from itemvec.studies.hubness import NEIGHBOURS, hubness
from tests.conftest import unit


def nearest(vectors: Floats, askers: Ints) -> Top:
    return top_k(unit(vectors)[askers] @ unit(vectors).T, NEIGHBOURS + 1)


def occurrence(vectors: Floats) -> Ints:
    """How often each item is among the ten nearest of another, item by item."""
    cosines = unit(vectors) @ unit(vectors).T
    np.fill_diagonal(cosines, -2)
    return np.bincount(np.argsort(-cosines, axis=1)[:, :NEIGHBOURS].ravel(), minlength=len(vectors))


def test_skewness_is_that_of_the_counts(rng: np.random.Generator) -> None:
    vectors = rng.standard_normal((200, 30), dtype=np.float32)
    found = hubness(nearest(vectors, np.arange(200)), np.arange(200), 200)
    counts = occurrence(vectors)
    assert found["skewness"] == pytest.approx(skew(counts))
    assert found["largest"] == counts.max() / 200
    assert found["never"] == np.mean(counts == 0)
    assert found["askers"] == 200


def test_a_planted_hub() -> None:
    """Each item has an axis of its own, but one that lies between all: it is the nearest of every other."""
    vectors = np.eye(200, dtype=np.float32)
    vectors[13] = 1
    found = hubness(nearest(vectors, np.arange(200)), np.arange(200), 200)
    assert found["largest"] == 199 / 200
    assert found["skewness"] > 4


def test_a_sample_of_askers_estimates_the_skewness_of_all(rng: np.random.Generator) -> None:
    vectors = rng.standard_normal((300, 40), dtype=np.float32) + rng.exponential(size=(300, 1)).astype(np.float32)
    exact = float(skew(occurrence(vectors)))
    found = []
    for _ in range(60):
        askers = np.sort(rng.choice(300, 150, replace=False))
        found.append(hubness(nearest(vectors, askers), askers, 300)["skewness"])
    assert np.mean(found) == pytest.approx(exact, rel=0.1)


def test_twins_do_not_count_as_oneself() -> None:
    """Twelve equal items: an item may not be among its own eleven nearest, and then ten others count."""
    found = hubness(nearest(np.ones((13, 2), dtype=np.float32), np.arange(13)), np.arange(13), 13)
    assert found["largest"] == 12 / 13  # item 0 is among the first of all but itself
