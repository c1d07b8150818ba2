from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from itemvec.arrays import Floats
from itemvec.errors import ItemvecError, ParamsError, TableError
from itemvec.histories import Histories
from itemvec.recommenders import training as training_module
from itemvec.recommenders.sasrec import SasRec
from itemvec.recommenders.training import Schedule
from tests.conftest import histories
from tests.recommenders.conftest import N_ITEMS, next_is_right, training

SMALL = SasRec(item="id", width=16, positions=64, learning_rate=0.02, epochs=12, patience=12, max_history=8)


@pytest.mark.parametrize("item", ["id", "text"])
def test_the_planted_order_is_learnt(item: str, planted: Histories, vectors: Floats) -> None:
    score = replace(SMALL, item=item).fit(training(planted, vectors))  # type: ignore[arg-type]
    assert next_is_right(score, planted) > 0.95


def test_order_counts_and_not_the_set(planted: Histories) -> None:
    score = SMALL.fit(training(planted))
    scores = score(histories([3, 4, 5], [5, 4, 3], n_items=N_ITEMS))
    assert scores.argmax(axis=1)[0] == 6
    assert np.abs(scores[0] - scores[1]).max() > 1


def test_the_order_before_the_last_item_counts_too(planted: Histories) -> None:
    """With one layer and no positions, attention would see a set."""
    scores = SMALL.fit(training(planted))(histories([1, 7, 5], [7, 1, 5], n_items=N_ITEMS))
    assert np.abs(scores[0] - scores[1]).max() > 0.01


def test_dropout_is_for_training_alone() -> None:
    from itemvec.recommenders.network import Block

    block, states = Block(8, heads=2, dropout=0.5), torch.ones(2, 3, 8)
    assert not torch.equal(block.train()(states), block(states))
    assert torch.equal(block.eval()(states), block(states))


def test_what_comes_later_is_not_seen(planted: Histories) -> None:
    """The states after the first items are the same whatever follows."""
    from itemvec.recommenders.network import IdItems, SasRecNetwork

    with torch.random.fork_rng():
        torch.manual_seed(0)
        network = SasRecNetwork(IdItems(9, 8), 8, length=5, layers=2, heads=2, dropout=0.0, temperature=1.0).eval()
    table = network.items()
    one, other = (network.states(torch.tensor([items]), table) for items in ([1, 2, 3, 4], [1, 2, 8, -1]))
    assert torch.equal(one[:, :2], other[:, :2])
    assert not torch.equal(one[:, 2], other[:, 2])


def test_only_the_last_max_history_items_count(planted: Histories) -> None:
    score = replace(SMALL, max_history=3, epochs=1).fit(training(planted))
    one, other = score(histories([9, 9, 1, 2, 3], [4, 1, 2, 3], n_items=N_ITEMS))
    assert (one == other).all()


def test_text_vectors_stay_as_they_are(planted: Histories, vectors: Floats) -> None:
    before = vectors.copy()
    replace(SMALL, item="text", epochs=1).fit(training(planted, vectors))
    assert (vectors == before).all()


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

    def step(network: Any, optimizer: Any, *batch: Any) -> Any:
        rates.append(optimizer.param_groups[0]["lr"])
        return real(network, optimizer, *batch)

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


def test_what_does_not_fit_is_refused(planted: Histories) -> None:
    with pytest.raises(ParamsError, match="width 7 is not a multiple of heads 2"):
        SasRec(item="id", width=7)
    with pytest.raises(ParamsError, match="sasrec needs item vectors"):
        replace(SMALL, item="text").fit(training(planted))
