"""Reductions by lot: coordinates, and products."""

import numpy as np
import pytest

from itemvec.reducers import Sample
from itemvec.reducers.random_drop import RandomDrop
from itemvec.reducers.random_projection import RandomProjection

NUMBERS = np.arange(1, 41, dtype=np.float32)[None, :]  # every coordinate tells its own place


def lot(draw: int) -> list[float]:
    values: list[float] = RandomDrop(dim=10, draw=draw).fit(Sample([NUMBERS]), np.random.default_rng(3))(NUMBERS)[0]
    return list(values)


def test_coordinates_are_kept_once_and_in_their_order() -> None:
    kept = lot(0)
    assert len(kept) == 10
    assert kept == sorted(set(kept))
    assert set(kept) <= set(NUMBERS[0])


def test_each_draw_is_another_lot_of_the_same_seed() -> None:
    assert len({tuple(lot(draw)) for draw in range(5)}) == 5
    assert lot(4) == lot(4)


def test_a_projection_keeps_lengths_and_angles_on_average(rng: np.random.Generator) -> None:
    vectors = rng.standard_normal((50, 300), dtype=np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    projected = RandomProjection(dim=200).fit(Sample([vectors]), rng)(vectors)
    assert np.abs(projected @ projected.T - vectors @ vectors.T).mean() < 1.5 / np.sqrt(200)
    assert np.square(projected).sum(axis=1).mean() == pytest.approx(1, abs=0.05)
