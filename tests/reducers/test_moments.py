import numpy as np
import pytest

from itemvec.reducers import Moments


def test_moments_by_hand() -> None:
    moments = Moments.of([np.array([[1, 2]], dtype=np.float32), np.array([[3, 6]], dtype=np.float32)])
    assert moments.n == 2
    assert moments.mean.tolist() == [2, 4]
    assert moments.covariance.tolist() == [[1, 2], [2, 4]]


def test_nothing_cancels_far_from_the_origin(rng: np.random.Generator) -> None:
    small = rng.standard_normal((1000, 5)).astype(np.float32)
    far = small + np.float32(1024)  # keeps 13 bits after the point
    found = Moments.of(np.split(far, 10)).covariance
    assert found == pytest.approx(np.cov((far - 1024).T, bias=True), abs=1e-9)


def test_spectrum_descends_and_has_a_fixed_sign(rng: np.random.Generator) -> None:
    moments = Moments.of([rng.standard_normal((100, 6)).astype(np.float32)])
    values, directions = moments.spectrum()
    assert (np.diff(values) <= 0).all()
    assert directions @ directions.T == pytest.approx(np.eye(6), abs=1e-12)
    assert (directions[np.arange(6), np.abs(directions).argmax(axis=1)] > 0).all()
    assert directions.T @ np.diag(values) @ directions == pytest.approx(moments.covariance, abs=1e-12)


def test_no_vectors_are_refused() -> None:
    with pytest.raises(ValueError, match="no vectors"):
        Moments.of([])
