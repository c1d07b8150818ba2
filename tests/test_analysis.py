from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from itemvec.analysis import analyze, spectrum_csv
from itemvec.arrays import Floats
from itemvec.store import Block, write_database


def digest(folder: Path, vectors: Floats) -> Path:
    ids = pa.array([str(row) for row in range(len(vectors))])
    write_database(folder / "full", {"items": (vectors.shape[1], [Block(ids, vectors)])})
    return folder / "full.digest"


def test_a_spectrum_by_hand(tmp_path: Path) -> None:
    """Eight points: plus and minus 3 on one axis, twice each, plus and minus 1 on another, twice each."""
    points = np.array([[3, 0], [-3, 0], [0, 1], [0, -1]] * 2, dtype=np.float32)
    facts, eigenvalues = analyze(digest(tmp_path, points))
    assert eigenvalues == pytest.approx([4 * 9 / 8, 4 * 1 / 8])
    assert facts["variance"] == pytest.approx(4.5 + 0.5)
    assert facts["effective_dim"] == {"80%": 1, "90%": 1, "95%": 2, "99%": 2}
    assert facts["participation_ratio"] == pytest.approx(5**2 / (4.5**2 + 0.5**2))
    assert facts["mean_cosine"] == pytest.approx((0 - 8) / (8 * 7))  # the unit vectors add up to zero
    assert spectrum_csv(eigenvalues).splitlines() == [
        "component,eigenvalue,cumulative_share",
        "1,4.5,0.900000",
        "2,0.5,1.000000",
    ]


def test_mean_cosine_is_that_of_all_pairs(tmp_path: Path, rng: np.random.Generator) -> None:
    vectors = rng.standard_normal((40, 5), dtype=np.float32) + 1
    vectors[7] = 0  # has no direction
    facts, _ = analyze(digest(tmp_path, vectors))
    units = np.delete(vectors, 7, axis=0) / np.linalg.norm(np.delete(vectors, 7, axis=0), axis=1, keepdims=True)
    cosines = units @ units.T
    assert facts["mean_cosine"] == pytest.approx((cosines.sum() - 39) / (39 * 38), abs=1e-6)


def test_one_vector_has_no_spread(tmp_path: Path) -> None:
    facts, eigenvalues = analyze(digest(tmp_path, np.ones((1, 3), dtype=np.float32)))
    assert (facts["variance"], facts["participation_ratio"], facts["mean_cosine"]) == (0, 0, 0)
    assert set(facts["effective_dim"].values()) == {1}
    assert spectrum_csv(eigenvalues).splitlines()[1] == "1,0,0.000000"
