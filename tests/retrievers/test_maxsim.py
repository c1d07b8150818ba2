import numpy as np
import pytest

from itemvec.core.arrays import Floats
from itemvec.retrievers import maxsim
from itemvec.retrievers.maxsim import TokenVectors


def random(lengths: list[int], rng: np.random.Generator, width: int = 16) -> list[Floats]:
    return [rng.standard_normal((length, width), dtype=np.float32) for length in lengths]


def naive(queries: list[Floats], items: list[Floats]) -> Floats:
    return np.array([[sum(max(q @ i for i in item) for q in query) for item in items] for query in queries])


def test_by_hand() -> None:
    tokens = TokenVectors("float32", "cpu")
    tokens.add([np.array([[1, 0], [0, 2]], np.float32), np.array([[-3, 1]], np.float32)])
    queries = [np.array([[1, 1]], np.float32), np.array([[1, 0], [0, 1]], np.float32)]
    assert tokens.scores(queries).tolist() == [[2, -3 + 1], [1 + 2, -3 + 1]]


@pytest.mark.parametrize("tiles", [(512, 2048), (7, 11), (1, 1)])
def test_equals_two_loops(rng: np.random.Generator, monkeypatch: pytest.MonkeyPatch, tiles: tuple[int, int]) -> None:
    monkeypatch.setattr(maxsim, "TILES", {"cpu": tiles, "cuda": tiles})
    items, queries = random(rng.integers(1, 20, 60).tolist(), rng), random(rng.integers(1, 9, 15).tolist(), rng)
    tokens = TokenVectors("float32", "cpu")
    for start in range(0, 60, 25):
        tokens.add(items[start : start + 25])
    found = tokens.scores(queries)
    assert found.dtype == np.float32
    assert found == pytest.approx(naive(queries, items), abs=1e-4, rel=1e-5)


def test_float16_is_near(rng: np.random.Generator) -> None:
    items, queries = random([5] * 20, rng), random([4] * 3, rng)
    items, queries = ([one / np.linalg.norm(one, axis=1, keepdims=True) for one in some] for some in (items, queries))
    tokens = TokenVectors("float16", "cpu")
    tokens.add(items)
    assert tokens.scores(queries) == pytest.approx(naive(queries, items), abs=4 * 1e-3)


def test_an_item_without_tokens_is_not_ranked_and_a_query_without_tells_nothing(rng: np.random.Generator) -> None:
    tokens = TokenVectors("float32", "cpu")
    tokens.add(random([3, 0, 2], rng))
    tokens.add(random([0], rng))
    found = tokens.scores(random([2, 0], rng))
    assert np.isfinite(found[0]).tolist() == [True, False, True, False]
    assert found[1].tolist() == [0, -np.inf, 0, -np.inf]


def test_nothing_is_no_error(rng: np.random.Generator) -> None:
    tokens = TokenVectors("float32", "cpu")
    assert tokens.scores(random([2], rng)).shape == (1, 0)
    tokens.add(random([2], rng))
    assert tokens.scores([]).shape == (0, 1)
