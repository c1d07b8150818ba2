from dataclasses import replace
from typing import Any

import pytest
import torch

from itemvec.core.errors import ItemvecError, TableError
from itemvec.protocol.histories import Histories
from itemvec.recommenders import training as training_module
from itemvec.recommenders.sasrec import SasRec
from itemvec.recommenders.schedule import Schedule
from tests.conftest import histories
from tests.recommenders.conftest import N_ITEMS, training

SMALL = SasRec(item="id", width=16, positions=64, learning_rate=0.02, epochs=12, patience=12, max_history=8)


def test_the_best_epoch_is_kept_and_training_ends_early(planted: Histories) -> None:
    seen = []

    def validate(score: object) -> float:
        seen.append(score)
        return [0.1, 0.5, 0.4, 0.3, 0.9][len(seen) - 1]

    fitted = replace(SMALL, patience=2).fit(replace(training(planted), validate=validate))
    assert len(seen) == 4  # epochs 3 and 4 were no better than epoch 2
    best = seen[1](planted)  # type: ignore[operator]
    assert fitted(planted) == pytest.approx(best, abs=1e-5)


def test_the_global_random_state_is_left_alone(planted: Histories) -> None:
    torch.manual_seed(7)
    expected = torch.rand(3)
    torch.manual_seed(7)
    replace(SMALL, epochs=1).fit(training(planted))
    assert torch.equal(torch.rand(3), expected)


def test_learning_rate_warms_up_and_ends_at_zero() -> None:
    schedule = Schedule(epochs=10, patience=1, positions=1, learning_rate=2.0, max_history=1)
    assert [schedule.rate(progress) for progress in (0, 0.1, 0.2, 0.6, 1)] == pytest.approx([0, 1, 2, 1, 0])


def test_every_step_has_the_learning_rate_of_its_time(planted: Histories, monkeypatch: pytest.MonkeyPatch) -> None:
    rates: list[float] = []
    real = training_module._step

    def step(optimizers: Any, loss: Any) -> Any:
        rates.append(optimizers[0].param_groups[0]["lr"])
        return real(optimizers, loss)

    monkeypatch.setattr(training_module, "_step", step)
    replace(SMALL, epochs=5, positions=10_000).fit(training(planted))  # one step an epoch
    schedule = Schedule(5, 1, 1, SMALL.learning_rate, 1)
    assert rates == pytest.approx([schedule.rate(progress) for progress in (0.1, 0.3, 0.5, 0.7, 0.9)])
    assert min(rates) > 0


def test_training_that_diverges_is_said(planted: Histories) -> None:
    with pytest.raises(ItemvecError, match=r"training diverged in epoch \d; lower learning_rate"):
        replace(SMALL, learning_rate=1e30).fit(training(planted))


def test_nothing_to_learn_from_is_said() -> None:
    with pytest.raises(TableError, match="no training history has two interactions"):
        SMALL.fit(training(histories([0], [1], n_items=N_ITEMS)))
