from dataclasses import replace
from typing import Any

import pytest
import torch

from itemvec.core.errors import ItemvecError, TableError
from itemvec.protocol.histories import Histories
from itemvec.protocol.training_log import training_facts
from itemvec.recommenders import training as training_module
from itemvec.recommenders.network import Network
from itemvec.recommenders.sasrec import SasRec
from itemvec.recommenders.schedule import Schedule
from itemvec.recommenders.weight_average import WeightAverage
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


def test_training_that_patience_ends_is_not_said_to_improve(planted: Histories) -> None:
    values = iter([0.1, 0.5, 0.4, 0.3])
    task = replace(training(planted), validate=lambda _: next(values))
    replace(SMALL, patience=2, epochs=4).fit(task)  # it ends with the last epoch that is allowed, and yet by patience
    assert training_facts(task.curve, 4) == {"epochs": 4, "best_epoch": 2, "still_improving": False}


def test_training_that_its_budget_ends_is_said_to_improve(planted: Histories) -> None:
    values = iter([0.1, 0.5, 0.4, 0.6])
    task = replace(training(planted), validate=lambda _: next(values))
    replace(SMALL, patience=2, epochs=4).fit(task)
    assert training_facts(task.curve, 4) == {"epochs": 4, "best_epoch": 4, "still_improving": True}


def test_a_larger_budget_changes_nothing_for_training_that_patience_ended(planted: Histories) -> None:
    def fitted(epochs: int) -> Any:
        values = iter([0.1, 0.5, 0.4, 0.3])
        return replace(SMALL, patience=2, epochs=epochs).fit(
            replace(training(planted), validate=lambda _: next(values))
        )(planted)

    assert (fitted(5) == fitted(500)).all()


def test_a_constant_rate_warms_up_for_an_epoch_whatever_the_budget() -> None:
    schedule = Schedule(epochs=10, patience=1, positions=1, learning_rate=2.0, max_history=1)
    assert [schedule.rate_after(progress) for progress in (0, 0.5, 1, 6, 10)] == pytest.approx([0, 1, 2, 2, 2])


def test_a_cosine_warms_up_and_ends_at_zero() -> None:
    schedule = Schedule(epochs=10, patience=1, positions=1, learning_rate=2.0, max_history=1, rate="cosine")
    assert [schedule.rate_after(progress) for progress in (0, 1, 2, 6, 10)] == pytest.approx([0, 1, 2, 1, 0])


@pytest.mark.parametrize("rate", ["constant", "cosine"])
def test_every_step_has_the_learning_rate_of_its_time(
    rate: Any, planted: Histories, monkeypatch: pytest.MonkeyPatch
) -> None:
    rates: list[float] = []
    real = training_module._step

    def step(optimizers: Any, loss: Any) -> Any:
        rates.append(optimizers[0].param_groups[0]["lr"])
        return real(optimizers, loss)

    monkeypatch.setattr(training_module, "_step", step)
    replace(SMALL, epochs=5, positions=10_000, rate=rate).fit(training(planted))  # one step an epoch
    schedule = Schedule(5, 1, 1, SMALL.learning_rate, 1, rate=rate)
    assert rates == pytest.approx([schedule.rate_after(progress) for progress in (0.5, 1.5, 2.5, 3.5, 4.5)])
    assert min(rates) > 0


def test_at_a_constant_rate_the_mean_of_the_weights_is_kept(
    planted: Histories, monkeypatch: pytest.MonkeyPatch
) -> None:
    weights: list[Any] = []
    real = WeightAverage.add

    def add(self: WeightAverage, progress: float) -> None:
        weights.append(self.parameters[0].detach().clone())
        real(self, progress)

    monkeypatch.setattr(WeightAverage, "add", add)
    kept: list[Any] = []
    monkeypatch.setattr(Network, "scorer", lambda self, _: kept.append(next(self.parameters()).clone()))
    replace(SMALL, epochs=2, positions=10_000).fit(replace(training(planted), validate=lambda _: float(len(kept))))
    mean = 0.1 * weights[0] + 0.9 * weights[1]  # 9 / (2 + 8) is the share of the second
    assert not torch.allclose(weights[0], weights[1])
    for one in kept[1:]:  # validated after the second epoch, and in the end
        torch.testing.assert_close(one, mean)


def test_training_that_diverges_is_said(planted: Histories) -> None:
    with pytest.raises(ItemvecError, match=r"training diverged in epoch \d; lower learning_rate"):
        replace(SMALL, learning_rate=1e30).fit(training(planted))


def test_nothing_to_learn_from_is_said() -> None:
    with pytest.raises(TableError, match="no training history has two interactions"):
        SMALL.fit(training(histories([0], [1], n_items=N_ITEMS)))
