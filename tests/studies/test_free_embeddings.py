from dataclasses import replace

import numpy as np
import pytest

from itemvec.studies.critical_catalogue import critical_n, every_set
from itemvec.studies.free_embeddings import ANNEALED, PAPER, fit


def test_every_set_once() -> None:
    assert every_set(3, 2).tolist() == [[True, True, False], [True, False, True], [False, True, True]]
    assert every_set(6, 3).shape == (20, 6)


def test_a_solution_is_one() -> None:
    """Every pair of five items in four dimensions; what is said of the margins is recomputed from the vectors."""
    relevant = every_set(5, 2)
    found = fit(relevant, 4, PAPER, seed=0)
    assert found.solved
    assert found.steps < PAPER.steps
    for vectors in (found.queries, found.items):
        assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-6)
    scores = found.queries.astype(np.float64) @ found.items.T.astype(np.float64)
    ahead = [row[wanted].min() - row[~wanted].max() for row, wanted in zip(scores, relevant, strict=True)]
    assert found.margins == pytest.approx(ahead)


def test_what_cannot_be_is_not_found() -> None:
    """On a line, one direction has one end: of three items the one in the middle is first for no query."""
    found = fit(np.eye(3, dtype=bool), 1, replace(ANNEALED, steps=100), seed=0)
    assert not found.solved
    assert found.steps == 100


def test_equal_seeds_are_equal_vectors() -> None:
    one, two = (fit(every_set(5, 2), 3, replace(PAPER, steps=20), seed=3) for _ in range(2))
    assert np.array_equal(one.items, two.items)


def test_critical_n_on_a_circle() -> None:
    """For single items two dimensions hold any number, for pairs three items: of four, two pairs lie across."""
    quick = replace(ANNEALED, steps=150)
    assert critical_n(2, quick, seed=0) == 3
    assert critical_n(2, quick, seed=0, k=1, most=9) == 9


def test_a_falling_temperature_solves_more() -> None:
    fixed, falling = (fit(every_set(12, 2), 4, replace(recipe, steps=700), seed=0) for recipe in (PAPER, ANNEALED))
    assert falling.solved
    assert not fixed.solved
