import numpy as np
import pytest

from itemvec.core.arrays import Doubles
from itemvec.studies.spectrum import spectrum_csv, spread


def test_a_spectrum_by_hand() -> None:
    eigenvalues = np.array([4.5, 0.5])
    facts = spread(eigenvalues)
    assert facts["variance"] == 5
    assert facts["effective_dim"] == {"80%": 1, "90%": 1, "95%": 2, "99%": 2}
    assert facts["participation_ratio"] == pytest.approx(5**2 / (4.5**2 + 0.5**2))
    assert spectrum_csv(eigenvalues).splitlines() == [
        "component,eigenvalue,cumulative_share",
        "1,4.5,0.900000",
        "2,0.5,1.000000",
    ]


def as_published(eigenvalues: Doubles) -> float:
    """Steps 4 to 7 of Algorithm 1 of Rudman et al., arXiv 2108.07344."""
    dim = len(eigenvalues)
    scaled = np.sqrt(dim) * eigenvalues / np.linalg.norm(eigenvalues)
    defect = np.linalg.norm(scaled - 1) / np.sqrt(2 * (dim - np.sqrt(dim)))
    used = (dim - defect**2 * (dim - np.sqrt(dim))) ** 2 / dim**2
    return float((dim * used - 1) / (dim - 1))


def test_isoscore_is_that_of_the_paper(rng: np.random.Generator) -> None:
    assert spread(np.ones(7))["isoscore"] == pytest.approx(1)
    assert spread(np.array([3.0, 0, 0, 0]))["isoscore"] == pytest.approx(0)
    assert spread(np.array([1.0, 1, 0, 0, 0]))["isoscore"] == pytest.approx((2 - 1) / (5 - 1))  # two of five used
    for dim in (2, 5, 300):
        eigenvalues = np.sort(rng.exponential(size=dim))[::-1]
        assert spread(eigenvalues)["isoscore"] == pytest.approx(as_published(eigenvalues))


def test_no_spread() -> None:
    facts = spread(np.zeros(3))
    assert (facts["variance"], facts["participation_ratio"], facts["isoscore"]) == (0, 0, 0)
    assert set(facts["effective_dim"].values()) == {1}
    assert spectrum_csv(np.zeros(3)).splitlines()[1] == "1,0,0.000000"
    assert spread(np.ones(1))["isoscore"] == 0  # of one dimension nothing can be said
