import numpy as np
import pytest

from itemvec.core.errors import ParamsError
from itemvec.reducers import Sample
from itemvec.reducers.truncate import Truncate

VECTORS = np.array([[3, 4, 12], [0, 0, 5]], dtype=np.float32)


def test_the_prefix_has_unit_length_and_nothing_stays_nothing(rng: np.random.Generator) -> None:
    prefix = Truncate(dim=2).fit(Sample([VECTORS]), rng)(VECTORS)
    assert prefix == pytest.approx(np.array([[3 / 5, 4 / 5], [0, 0]]))


def test_more_dimensions_than_there_are_are_refused(rng: np.random.Generator) -> None:
    with pytest.raises(ParamsError, match="reducer truncate: dim 4 is more than the 3 the vectors have"):
        Truncate(dim=4).fit(Sample([VECTORS]), rng)
