import numpy as np
import pytest
import torch

from itemvec.core.arrays import Floats
from itemvec.protocol.histories import Histories
from itemvec.recommenders.batch_loss import Losses
from itemvec.recommenders.item_embeddings import IdItems, items_of
from itemvec.recommenders.network import Network
from itemvec.recommenders.schedule import LARGE, Loss, Schedule
from itemvec.recommenders.transformer import Transformer
from tests.conftest import histories
from tests.recommenders.conftest import N_ITEMS, training

INPUTS, TARGETS = torch.tensor([[1, 2, 3], [7, 8, -1]]), torch.tensor([[2, 3, 4], [8, 9, -1]])


def network_of(side: str, vectors: Floats) -> Network:
    torch.manual_seed(0)
    return Network(
        items_of(side, training(histories(n_items=N_ITEMS), vectors), 8), Transformer(8, 5, 1, 2, 0.0, "before"), 0.5
    )


def schedule(**options: object) -> Schedule:
    return Schedule(4, 1, 1, 0.1, 5, **options)  # type: ignore[arg-type]


def losses(network: Network, planted: Histories, **options: object) -> Losses:
    return Losses(network, planted, schedule(**options), np.random.default_rng(0))


@pytest.mark.parametrize("side", ["id", "text", "id+text"])
def test_many_negatives_come_near_the_full_softmax(side: str, planted: Histories, vectors: Floats) -> None:
    found = losses(network_of(side, vectors), planted, negatives=20_000)
    assert found("sampled", INPUTS, TARGETS).item() == pytest.approx(found("full", INPUTS, TARGETS).item(), abs=0.02)


def test_in_batch_the_others_targets_are_the_negatives(planted: Histories, vectors: Floats) -> None:
    network = network_of("id", vectors)
    found = losses(network, planted)("in-batch", INPUTS, TARGETS)
    states, units = network.states(INPUTS, network.items()), network.targets(network.items())
    asked = TARGETS >= 0
    logits = states[asked] @ units[TARGETS[asked]].T  # all five targets differ, so the right one is on the diagonal
    assert found.item() == pytest.approx(-logits.log_softmax(dim=1).diagonal().mean().item(), rel=1e-5)


def test_a_step_by_rows_leaves_gradients_in_those_rows(planted: Histories, vectors: Floats) -> None:
    network = network_of("id", vectors)
    assert isinstance(network.items, IdItems)
    network.items.sparse = True
    losses(network, planted)("in-batch", INPUTS, TARGETS).backward()  # type: ignore[no-untyped-call]
    gradient = network.items.vectors.grad
    assert gradient is not None
    assert gradient.is_sparse
    used = {0} | set(INPUTS[INPUTS >= 0].tolist()) | set(TARGETS[TARGETS >= 0].tolist())  # 0 stands in for no item
    assert set(gradient.coalesce().indices()[0].tolist()) == used


def test_bfloat16_is_near_float32(planted: Histories, vectors: Floats) -> None:
    network = network_of("id+text", vectors)
    exact, rough = (losses(network, planted, bfloat16=half)("full", INPUTS, TARGETS).item() for half in (False, True))
    assert exact != rough
    assert rough == pytest.approx(exact, rel=0.02)


@pytest.mark.parametrize(
    ("options", "n_items", "expected"),
    [
        ({"loss": "auto"}, LARGE, ["full"] * 3),
        ({"loss": "auto"}, LARGE + 1, ["sampled"] * 3),
        ({"loss": "full"}, LARGE + 1, ["full"] * 3),
        ({"loss": "full", "contrastive": 2}, 5, ["in-batch", "in-batch", "full"]),
    ],
)
def test_what_an_epoch_is_trained_against(options: dict[str, object], n_items: int, expected: list[Loss]) -> None:
    found = schedule(**options)
    assert [found.loss_in(epoch, n_items) for epoch in range(3)] == expected
    assert found.by_rows(n_items) == (expected[-1] != "full")
