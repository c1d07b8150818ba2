import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn import functional

from itemvec.recommenders.gbpo import gbpo_loss, ndcg_advantages


def gradient(loss: Tensor, logits: Tensor) -> Tensor:
    (found,) = torch.autograd.grad(loss, logits)
    return found


@pytest.mark.parametrize("advantage", [1.0, -1.0])
@pytest.mark.parametrize("old", [1e-6, 0.1, 0.9])
@pytest.mark.parametrize("logit", [-4.0, 0.0, 4.0])
def test_the_gradient_is_at_most_that_of_a_cross_entropy(advantage: float, old: float, logit: float) -> None:
    """-log(pi) where A > 0, -log(1 - pi) where A < 0: their ratio is at most 1, whatever the old policy."""
    logits = torch.tensor([[logit]], requires_grad=True)
    logs, before, worth = functional.logsigmoid(logits), torch.tensor([[old]]).log(), torch.tensor([[advantage]])
    bounded = gradient(gbpo_loss(logs, before, worth), logits)
    entropy = gradient(-functional.logsigmoid(advantage * logits).sum(), logits)
    assert (bounded / entropy).item() <= 1 + 1e-4
    plain = advantage * torch.sigmoid(torch.tensor(logit)).item() / old
    if old == 1e-6 and logit == 4.0:
        assert abs(plain) > 1000 * bounded.abs().item()  # the ratio without a bound explodes


def test_the_loss_by_hand() -> None:
    logs, old = torch.tensor([[0.5, 0.25, 0.125]]).log(), torch.tensor([[0.25, 0.5, 0.95]]).log()
    worth = torch.tensor([[1.0, -1.0, -0.5]])
    expected = -(0.5 / 0.5 * 1 - 0.25 / 0.75 * 1 - 0.125 / 0.95 * 0.5) / 3
    assert gbpo_loss(logs, old, worth).item() == pytest.approx(expected)


def test_advantages_are_what_ndcg_would_gain() -> None:
    """Target 7 is third of its group; item 5, drawn twice, counts once; item 7 drawn again is no rival."""
    group = torch.tensor([[7, 5, 5, 3, 1, 7]])
    logs = torch.tensor([[0.2, 0.4, 0.4, 0.3, 0.1, 0.2]]).log()
    third, first, second = 1 / np.log2(4), 1.0, 1 / np.log2(3)
    expected = [1 - third, third - first, 0, third - second, 0, 0]
    assert ndcg_advantages(logs, group)[0].tolist() == pytest.approx(expected, abs=1e-6)


def test_a_target_that_is_first_leaves_nothing_to_learn() -> None:
    assert ndcg_advantages(torch.tensor([[0.9, 0.1]]).log(), torch.tensor([[1, 2]])).abs().max() == 0
