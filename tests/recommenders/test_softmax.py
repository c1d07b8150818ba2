import pytest
import torch
from torch.nn import functional

from itemvec.recommenders import softmax
from itemvec.recommenders.softmax import full_softmax_loss


@pytest.mark.parametrize("logits", [1, 700, 1 << 20])  # blocks of few rows, of several, one block
def test_loss_and_gradients_are_those_of_cross_entropy(logits: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(softmax, "LOGITS", logits)
    monkeypatch.setattr(softmax, "ROWS", (3, 4096))
    generator = torch.Generator().manual_seed(0)
    states = torch.randn(100, 8, generator=generator, requires_grad=True)
    items = torch.randn(50, 8, generator=generator, requires_grad=True)
    targets = torch.randint(50, (100,), generator=generator)

    expected = functional.cross_entropy(states @ items.T, targets)
    gradients = torch.autograd.grad(2 * expected, (states, items))
    found = full_softmax_loss(states, items, targets)
    ours = torch.autograd.grad(2 * found, (states, items))

    assert found.item() == pytest.approx(expected.item(), rel=1e-6)
    for one, other in zip(ours, gradients, strict=True):
        assert torch.allclose(one, other, atol=1e-6)


def test_large_logits_do_not_overflow() -> None:
    states, items = torch.tensor([[1000.0]]), torch.tensor([[1.0], [-1.0]])
    assert full_softmax_loss(states, items, torch.tensor([0])).item() == pytest.approx(0)
    assert full_softmax_loss(states, items, torch.tensor([1])).item() == pytest.approx(2000)
