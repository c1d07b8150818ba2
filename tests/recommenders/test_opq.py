import numpy as np
import pytest

from itemvec.core.errors import ParamsError
from itemvec.recommenders.opq import opq_codes
from tests.conftest import ROOT


def test_equal_vectors_have_equal_codes_and_planted_clusters_are_found(rng: np.random.Generator) -> None:
    centres = (10 * rng.standard_normal((4, 6))).astype(np.float32)
    which = rng.integers(4, size=60)
    codes = opq_codes(
        centres[which] + rng.standard_normal((60, 6), dtype=np.float32) * np.float32(0.01), parts=2, bits=2
    )
    assert codes.shape == (60, 2)
    assert codes.dtype == np.int64
    assert len(np.unique(codes, axis=0)) == 4
    assert all(len(np.unique(codes[which == one], axis=0)) == 1 for one in range(4))


def test_codes_are_within_their_bits_and_the_same_again(rng: np.random.Generator) -> None:
    vectors = rng.standard_normal((50, 7), dtype=np.float32)  # seven numbers in three parts of two
    codes = opq_codes(vectors, parts=3, bits=4)
    assert set(codes.ravel()) == set(range(16))
    assert (codes == opq_codes(vectors, parts=3, bits=4)).all()
    assert opq_codes(vectors[:5], parts=3, bits=8).max() < 4  # five vectors have no use for more than four centroids


def test_faiss_stays_in_one_adapter_here() -> None:
    folder = ROOT / "src" / "itemvec" / "recommenders"
    assert {path.name for path in folder.glob("*.py") if "import faiss" in path.read_text()} == {"opq.py"}


def test_fewer_numbers_than_parts_are_refused(rng: np.random.Generator) -> None:
    with pytest.raises(ParamsError, match="vectors of 3 numbers cannot be cut into 4 parts; set parts lower"):
        opq_codes(rng.standard_normal((9, 3), dtype=np.float32), parts=4, bits=2)
