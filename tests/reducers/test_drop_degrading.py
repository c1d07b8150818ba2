import numpy as np
import pyarrow as pa
import pytest

from itemvec.core.arrays import Floats
from itemvec.core.errors import ParamsError
from itemvec.metrics import Judgments
from itemvec.reducers import Sample, Trial
from itemvec.reducers.drop_degrading import DropDegrading


@pytest.fixture
def sample(rng: np.random.Generator) -> Sample:
    """Planted: each query is its item, but for two dimensions, large and without any meaning."""
    items = rng.standard_normal((60, 8)).astype(np.float32)
    queries = items.copy()
    noisy = [2, 5]
    items[:, noisy], queries[:, noisy] = (rng.standard_normal((60, 2)) * 3 for _ in range(2))
    judged = Judgments(pa.array([str(row) for row in range(60)]), np.arange(60), np.ones(60), np.arange(61))
    return Sample(np.split(items, 3), trial=lambda: Trial(queries, judged))


NUMBERS: Floats = np.arange(8, dtype=np.float32)[None, :]  # every coordinate tells its own place


def test_what_harms_goes_and_the_rest_stays(sample: Sample, rng: np.random.Generator) -> None:
    assert DropDegrading().fit(sample, rng)(NUMBERS)[0].tolist() == [0, 1, 3, 4, 6, 7]


def test_a_width_keeps_the_best(sample: Sample, rng: np.random.Generator) -> None:
    assert DropDegrading(dim=7).fit(sample, rng)(NUMBERS).shape == (1, 7)
    assert not {2, 5} & set(DropDegrading(dim=3).fit(sample, rng)(NUMBERS)[0].tolist())


NOTHING = Judgments(pa.array([], pa.string()), np.empty(0, np.int64), np.empty(0), np.zeros(1, np.int64))


@pytest.mark.parametrize("trial", [None, lambda: Trial(np.empty((0, 8), np.float32), NOTHING)])
def test_without_judgments_there_is_nothing_to_go_by(trial: object, rng: np.random.Generator) -> None:
    with pytest.raises(ParamsError, match="drop-degrading: the data set has no judged queries"):
        DropDegrading().fit(Sample([NUMBERS], trial=trial), rng)  # type: ignore[arg-type]


def test_a_few_queries_decide_nothing(sample: Sample, rng: np.random.Generator) -> None:
    """Nine different queries, of which one is asked twice."""
    assert sample.trial is not None
    rows = [*range(9), 0]
    judged = Judgments(pa.array([str(one) for one in rows]), np.array(rows), np.ones(10), np.arange(11))
    few = Trial(sample.trial().queries[rows], judged)
    with pytest.raises(ParamsError, match="9 different queries are too few to choose by; 10 are the least"):
        DropDegrading().fit(Sample(sample.batches, trial=lambda: few), rng)
