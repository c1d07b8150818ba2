from collections import Counter

import numpy as np
import pytest

from itemvec.protocol.histories import Histories
from itemvec.recommenders.training_windows import Windows
from tests.conftest import histories


@pytest.fixture
def data() -> Histories:
    return histories(list(range(23)), [30], [40, 41], [], [50, 51, 52], n_items=60)


@pytest.mark.parametrize("width", [1, 4, 100])
def test_every_step_is_predicted_once_from_the_one_before(data: Histories, width: int) -> None:
    windows = Windows.cut(data, width, np.random.default_rng(3))
    pairs = Counter[tuple[int, int]]()
    for batch in windows.batches(5, np.random.default_rng(4)):
        inputs, targets = windows.gather(batch)
        assert inputs.shape == targets.shape
        assert inputs.shape[1] <= width
        assert ((inputs < 0) == (targets < 0)).all()
        pairs.update(zip(inputs[inputs >= 0].tolist(), targets[targets >= 0].tolist(), strict=True))
    expected = [(i, i + 1) for i in range(22)] + [(40, 41), (50, 51), (51, 52)]
    assert pairs == Counter(expected)


def test_a_window_is_one_stretch_of_one_history(data: Histories) -> None:
    windows = Windows.cut(data, 4, np.random.default_rng(3))
    inputs, targets = windows.gather(np.arange(len(windows.starts)))
    inside = targets >= 0
    assert (targets[inside] == inputs[inside] + 1).all()
    assert (inputs[:, 1:][inside[:, 1:]] == targets[:, :-1][inside[:, 1:]]).all()


def test_batches_hold_about_as_many_positions_as_asked(rng: np.random.Generator) -> None:
    data = histories(*([0] * length for length in rng.integers(2, 60, size=300)), n_items=1)
    windows = Windows.cut(data, 50, rng)
    sizes = [int(windows.lengths[batch].sum()) for batch in windows.batches(400, rng)]
    assert sum(sizes) == len(data.items) - 300
    assert max(sizes) < 400 + 50
    assert np.mean(sizes) > 300


def test_another_epoch_is_cut_elsewhere(data: Histories) -> None:
    rng = np.random.default_rng(0)
    cuts = {tuple(Windows.cut(data, 4, rng).starts.tolist()) for _ in range(10)}
    assert len(cuts) > 1
