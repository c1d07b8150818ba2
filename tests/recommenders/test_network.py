import pytest
import torch
from torch import nn

from itemvec.recommenders.item_embeddings import IdItems
from itemvec.recommenders.network import Network, scorer
from tests.conftest import histories


class Recording(nn.Module):
    """Hands on what it is given, and remembers it."""

    def forward(self, vectors: torch.Tensor) -> torch.Tensor:
        self.given = vectors
        return vectors


def test_a_share_of_a_history_is_blank_in_training_alone() -> None:
    torch.manual_seed(0)
    encoder = Recording()
    network, table = Network(IdItems(4, 3), encoder, 1.0, hide=0.25), torch.ones(4, 3)
    asked = torch.ones(1000, 9, dtype=torch.int64)
    network.states(asked, table)
    shown = encoder.given.mean(dim=2)
    assert set(torch.unique(shown).tolist()) == {0, 1}
    assert shown[:, 0].min() == 1
    assert shown[:, 1:].mean() == pytest.approx(0.75, abs=0.02)
    network.eval().states(asked, table)
    assert encoder.given.min() == 1


def test_scores_are_cosines_over_the_temperature_after_the_last_item() -> None:
    """The encoder hands on the items, so the state is the last item itself, whatever lies before it."""
    torch.manual_seed(0)
    network = Network(IdItems(5, 3), Recording(), 0.5)
    asked = histories([0, 1, 2], [4], [], [3, 3, 3, 3, 1], n_items=5)
    units = network.targets(network.items()).detach()
    scores = scorer(network, max_history=4)(asked)
    for row, last in ((0, 2), (1, 4), (3, 1)):
        assert scores[row] == pytest.approx((units @ units[last] / 0.5).numpy(), abs=1e-6)


def test_inner_products_keep_lengths() -> None:
    network = Network(IdItems(5, 3), Recording(), None)
    table = network.items().detach()
    scores = scorer(network, max_history=4)(histories([0, 2], n_items=5))
    assert scores[0] == pytest.approx((table @ table[2]).numpy(), abs=1e-6)
