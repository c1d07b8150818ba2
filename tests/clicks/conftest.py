"""Simulated logs whose truth is known."""

import numpy as np
import pytest

from itemvec.core.arrays import Doubles, Ints

CLICK_OF_GRADE = np.array([0.05, 0.2, 0.4, 0.8])
PROPENSITIES = 1 / np.arange(1, 7)


@pytest.fixture(scope="session")
def grades() -> Ints:
    return np.random.default_rng(3).integers(4, size=(60, 20))


@pytest.fixture(scope="session")
def rankings(grades: Ints) -> Ints:
    """Two rankers that know the grades but for noise, so that better items are shown higher."""
    rng = np.random.default_rng(4)
    return np.stack([np.argsort(rng.normal(0, noise, grades.shape) - grades, axis=1)[:, :6] for noise in (1.0, 1.5)])


@pytest.fixture(scope="session")
def attractive(grades: Ints) -> Doubles:
    """Probability of a click on each item that is looked at."""
    return np.asarray(CLICK_OF_GRADE[grades])
