import numpy as np
import pytest

from itemvec.core.errors import ParamsError
from itemvec.reducers import Sample
from itemvec.reducers.product_quantize import ProductQuantize


def test_planted_centroids_are_found(rng: np.random.Generator) -> None:
    """Each half of a vector is one of four points, and four is what two bits can say."""
    points = np.array([[0, 0], [9, 0], [0, 9], [9, 9]], dtype=np.float32)
    vectors = points[rng.integers(4, size=(500, 2))].reshape(500, 4)
    transform = ProductQuantize(parts=2, bits=2).fit(Sample([vectors]), rng)
    assert transform(vectors) == pytest.approx(vectors, abs=1e-4)
    assert transform.bytes_per_item == 1  # four bits
    assert (transform(vectors, "query") == vectors).all()


def test_a_rotation_finds_what_lies_across_the_parts(rng: np.random.Generator) -> None:
    """All variance in one half: parts of the plain axes spend half of their bits on nothing."""
    turn = np.linalg.qr(rng.standard_normal((8, 8)))[0]
    vectors = (rng.standard_normal((2000, 8)) * [9, 8, 7, 6, 0.1, 0.1, 0.1, 0.1] @ turn).astype(np.float32)
    error = {}
    for rotate in (False, True):
        transform = ProductQuantize(parts=4, bits=4, rotate=rotate).fit(Sample([vectors]), np.random.default_rng(0))
        error[rotate] = float(np.square(transform(vectors) - vectors).mean())
    assert error[True] < 0.8 * error[False]


def test_training_takes_a_bounded_number_of_items_whatever_the_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("itemvec.reducers.product_quantize.MOST", 64)
    vectors = np.random.default_rng(0).standard_normal((1000, 4), dtype=np.float32)
    reducer = ProductQuantize(parts=2, bits=3)
    whole, parts = (
        reducer.fit(Sample(batches), np.random.default_rng(1))(vectors)
        for batches in ([vectors], np.split(vectors, 10))
    )
    assert (whole == parts).all()


@pytest.mark.parametrize(
    ("options", "said"),
    [({"parts": 3}, "parts 3 does not divide 4 dimensions"), ({"parts": 2}, "50 items are too few for 256 centroids")],
)
def test_what_cannot_be_learnt_is_refused(options: dict[str, int], said: str, rng: np.random.Generator) -> None:
    with pytest.raises(ParamsError, match=said):
        ProductQuantize(**options).fit(Sample([np.ones((50, 4), np.float32)]), rng)  # type: ignore[arg-type]
