import numpy as np
import pyarrow as pa
import pytest

from itemvec.core.errors import ParamsError
from itemvec.metrics import Judgments
from itemvec.reducers import REDUCERS, Sample, Transform, Trial
from itemvec.reducers.chain import Chain
from itemvec.reducers.pca import Pca
from itemvec.reducers.quantize import Quantize


def test_each_link_is_fitted_on_what_the_one_before_makes(rng: np.random.Generator) -> None:
    items = rng.standard_normal((300, 8), dtype=np.float32) + 4
    chain = Chain([{"kind": "pca", "dim": 3}, {"kind": "quantize", "to": "int8"}]).fit(Sample([items]), rng)
    pca = Pca(dim=3).fit(Sample([items]), rng)
    int8 = Quantize(to="int8").fit(Sample([pca(items)]), rng)
    assert (chain(items) == int8(pca(items))).all()
    assert chain.bytes_per_item == 3


def test_queries_take_their_own_way_through_every_link(rng: np.random.Generator) -> None:
    items, queries = (rng.standard_normal((50, 4), dtype=np.float32) for _ in range(2))
    chain = Chain([{"kind": "pca", "dim": 2}, {"kind": "quantize", "to": "binary"}]).fit(Sample([items]), rng)
    assert (chain(queries, "query") == Pca(dim=2).fit(Sample([items]), rng)(queries)).all()
    assert np.unique(np.abs(chain(items))) == pytest.approx([2**-0.5])


def test_a_later_link_tries_queries_as_the_earlier_leave_them(rng: np.random.Generator) -> None:
    trial = Trial(np.ones((1, 4), np.float32), Judgments(pa.array(["q"]), np.array([0]), np.ones(1), np.array([0, 1])))
    seen = []

    class Watching:
        def fit(self, sample: Sample, rng: np.random.Generator) -> Transform:
            assert sample.trial is not None
            seen.append(sample.trial().queries)
            return Transform.floats(2, lambda vectors: vectors)

    chain = Chain([{"kind": "truncate", "dim": 2}, {"kind": "identity"}])
    chain.reducers[1] = Watching()
    chain.fit(Sample([np.eye(4, dtype=np.float32)], trial=lambda: trial), rng)
    assert seen[0] == pytest.approx(np.full((1, 2), 2**-0.5))


@pytest.mark.parametrize(
    ("links", "said"),
    [
        ([], "name at least one link"),
        (
            [{"kind": "pca", "dim": 2}, {"kind": "quantise"}],
            "'link 2': unknown kind 'quantise'; did you mean 'quantize'",
        ),
        ([{"kind": "pca"}], "give either dim or variance"),
    ],
)
def test_a_wrong_link_is_refused_before_anything_runs(links: list[dict[str, object]], said: str) -> None:
    with pytest.raises(ParamsError, match=said):
        REDUCERS.build("mine", {"kind": "chain", "links": links})
