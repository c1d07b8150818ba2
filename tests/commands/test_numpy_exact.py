"""Exact search without torch finds what exact search finds."""

from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from itemvec.commands.numpy_exact import NumpyExact, without_torch
from itemvec.retrievers import RETRIEVERS, Entries, prepare
from itemvec.retrievers.exact import Exact
from itemvec.retrievers.hybrid import Hybrid

RNG = np.random.default_rng(0)
WORDS = ["lamp", "desk", "hat", "shoe", "hose", "oak"]
HYBRID = {"kind": "hybrid", "parts": [{"kind": "exact"}, {"kind": "bm25"}]}


def entries(name: str, n: int, repeated: int = 0) -> Entries:
    """Random texts and vectors in two blocks; the last ``repeated`` rows are the first ones again."""
    vectors = RNG.normal(size=(n, 8)).astype(np.float32)
    vectors[n - repeated :] = vectors[:repeated]
    texts = [" ".join(RNG.choice(WORDS, 3)) for _ in range(n)]
    ids = pa.array([f"{name}{number}" for number in range(n)])
    return Entries(ids, pa.array(texts), [vectors[: n // 2], vectors[n // 2 :]])


@pytest.mark.parametrize("row", [{"kind": "exact"}, {"kind": "exact", "similarity": "dot"}, HYBRID])
def test_it_ranks_as_with_torch_ties_too(row: dict[str, Any]) -> None:
    items, queries = entries("i", 60, repeated=20), entries("q", 4)
    system = RETRIEVERS.build("mine", row)
    light = without_torch(system)
    assert light is not system
    expected, found = (prepare(one, items, None)[0](queries, 70) for one in (system, light))
    assert np.array_equal(found.positions, expected.positions)
    assert np.allclose(found.scores, expected.scores, atol=1e-6)


def test_equal_items_score_alike() -> None:
    vectors = RNG.normal(size=(5, 80)).astype(np.float32)[np.arange(103) % 5]
    items = Entries(pa.array([f"i{number}" for number in range(103)]), None, [vectors])
    queries = Entries(pa.array(["q"]), None, [RNG.normal(size=(1, 80)).astype(np.float32)])
    expected, found = (prepare(one, items, None)[0](queries, 103) for one in (Exact(), NumpyExact(Exact())))
    assert len(np.unique(found.scores)) == 5
    assert np.array_equal(found.positions, expected.positions)


def test_of_a_hybrid_the_parts_are_replaced() -> None:
    light = without_torch(RETRIEVERS.build("mine", HYBRID))
    assert isinstance(light, Hybrid)
    assert isinstance(light.retrievers[0], NumpyExact)


@pytest.mark.parametrize("row", [{"kind": "bm25"}, {"kind": "exact", "precision": "int8"}])
def test_other_retrievers_stay(row: dict[str, Any]) -> None:
    system = RETRIEVERS.build("mine", row)
    assert without_torch(system) is system
