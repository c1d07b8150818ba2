import numpy as np
import pytest
import torch
from torch.nn import functional

from itemvec.protocol.histories import Histories
from itemvec.recommenders.sampled_softmax import Negatives, sampled_softmax_loss
from tests.conftest import histories


@pytest.fixture
def data() -> Histories:
    return histories([0, 1, 1, 1], [1, 4], n_items=5)


def test_expected_counts_are_what_is_drawn_in_the_long_run(data: Histories) -> None:
    drawn, logarithms = Negatives(data).draw(100_000, np.random.default_rng(0))
    expected = np.full(5, 1 / 5) + np.array([1, 4, 0, 0, 1]) / 6
    assert np.bincount(drawn) / 50_000 == pytest.approx(expected, abs=0.01)
    assert logarithms == pytest.approx(np.log(50_000 * expected[drawn]))


def test_the_sum_over_the_catalogue_is_estimated_without_bias(data: Histories) -> None:
    """The loss is the logarithm of an estimate of Z, less the right logit; means of the estimate come to Z."""
    generator = torch.Generator().manual_seed(0)
    table, state = torch.randn(5, 3, generator=generator), torch.randn(1, 3, generator=generator)
    negatives, rng, right = Negatives(data), np.random.default_rng(0), torch.tensor([1])
    estimates = []
    for _ in range(3000):
        numbers, logarithms = negatives.draw(4, rng)
        drawn = torch.from_numpy(numbers)
        expected = torch.from_numpy(logarithms.astype(np.float32))
        loss = sampled_softmax_loss(state, table[right], table[drawn], right[:, None] == drawn, expected)
        estimates.append(float((loss + state @ table[1]).exp()))
    assert np.mean(estimates) == pytest.approx(float((state @ table.T).exp().sum()), rel=0.03)


def test_every_item_once_is_the_full_softmax() -> None:
    table, states, wanted = torch.randn(6, 4), torch.randn(8, 4), torch.arange(8) % 6
    same = wanted[:, None] == torch.arange(6)
    found = sampled_softmax_loss(states, table[wanted], table, same, torch.zeros(6))
    assert found.item() == pytest.approx(functional.cross_entropy(states @ table.T, wanted).item(), rel=1e-5)
