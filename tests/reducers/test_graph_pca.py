"""PCA with a penalty on the graph of what goes together: without it PCA, and better where communities are planted."""

from typing import Any

import numpy as np
import pytest
from scipy.linalg import eigh
from scipy.sparse import csr_array

from itemvec.core.arrays import Floats
from itemvec.core.errors import ParamsError
from itemvec.reducers import Sample
from itemvec.reducers.base import unit
from itemvec.reducers.graph_pca import GraphPca, total_variation
from itemvec.reducers.pca import Pca

GROUPS, EACH, DIM = 6, 40, 24


def reduced(vectors: Floats, had: Any, mu: float, dim: int = 5) -> Floats:
    sample = Sample(np.array_split(vectors, 3), interactions=lambda: csr_array(had))
    return GraphPca(dim=dim, mu=mu).fit(sample, np.random.default_rng(0))(vectors)


@pytest.fixture
def communities(rng: np.random.Generator) -> tuple[Floats, Any, Any]:
    """Vectors in which the community is a weak signal beside louder noise, and users who stay in their community.

    Also what each user has next, which is in no user's history.
    """
    group = np.repeat(np.arange(GROUPS), EACH)
    signal = rng.standard_normal((GROUPS, DIM))[group] * (np.arange(DIM) < 6)
    vectors = (signal + 2 * rng.standard_normal((len(group), DIM)) * (np.arange(DIM) >= 6)).astype(np.float32)
    tastes = np.repeat(np.arange(GROUPS), 50)
    had = np.array([(group == taste) & (rng.random(len(group)) < 0.25) for taste in tastes]).astype(np.float32)
    following = np.array(
        [rng.choice(np.flatnonzero((group == taste) & (row == 0))) for taste, row in zip(tastes, had, strict=True)]
    )
    return vectors, had, following


def within(vectors: Floats) -> float:
    """Mean squared distance to the community's centre, as a share of that to the centre of all."""
    parts = vectors.reshape(GROUPS, EACH, -1)
    return float(
        np.square(parts - parts.mean(axis=1, keepdims=True)).sum() / np.square(vectors - vectors.mean(0)).sum()
    )


def found(vectors: Floats, had: Any, following: Any) -> float:
    """Mean reciprocal rank of what each user had next, by cosine to the mean of the history."""
    scores = unit(had @ unit(vectors)) @ unit(vectors).T
    scores[had > 0] = -np.inf
    wanted = scores[np.arange(len(had)), following]
    return float((1 / (1 + (scores > wanted[:, None]).sum(axis=1))).mean())


def test_planted_communities_draw_together_and_are_recommended(communities: Any) -> None:
    vectors, had, following = communities
    plain, light, strong = (reduced(vectors, had, mu) for mu in (0, 1, 2))
    assert within(plain) > within(light) + 0.2 > within(strong) + 0.6
    assert found(strong, had, following) > found(light, had, following) > 2 * found(plain, had, following)


def test_without_a_penalty_it_is_pca(communities: Any, rng: np.random.Generator) -> None:
    vectors, had, _ = communities
    for mu in (0, 1e-12):
        assert reduced(vectors, had, mu) == pytest.approx(Pca(dim=5).fit(Sample([vectors]), rng)(vectors), abs=1e-5)


def test_the_directions_by_their_definition(rng: np.random.Generator) -> None:
    """With the whole graph as a matrix; two items go with no other: nobody has the one, the other is had alone."""
    vectors = rng.standard_normal((30, 6)).astype(np.float32)
    had = (rng.random((40, 30)) < 0.2).astype(np.float32)
    had[:, :2], had[0] = 0, 0
    had[0, 1] = 1
    graph = had.T @ had
    np.fill_diagonal(graph, 0)
    degrees = graph.sum(axis=1)
    inverse = np.diag(np.where(degrees > 0, np.maximum(degrees, 1) ** -0.5, 0))
    laplacian = np.diag((degrees > 0).astype(float)) - inverse @ graph @ inverse
    centred = vectors - vectors.mean(axis=0, dtype=np.float64)
    variation, linked = total_variation(centred, csr_array(had))
    assert linked == 28
    assert variation == pytest.approx(centred.T @ laplacian @ centred, abs=1e-5)
    expected = centred @ eigh(centred.T @ centred - 0.7 * centred.T @ laplacian @ centred)[1][:, :-4:-1]
    assert np.abs(reduced(vectors, had, 0.7, 3)) == pytest.approx(np.abs(expected), abs=1e-5)


def test_data_without_histories_is_refused(rng: np.random.Generator) -> None:
    vectors = np.eye(4, dtype=np.float32)
    with pytest.raises(ParamsError, match="there are no training interactions"):
        GraphPca(dim=2).fit(Sample([vectors]), rng)
    with pytest.raises(ParamsError, match="there are no training interactions"):
        reduced(vectors, np.zeros((0, 4), dtype=np.float32), 1, 2)
