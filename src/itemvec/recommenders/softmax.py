"""Full softmax: cross-entropy over the whole catalogue, computed in blocks so that logits fit into memory."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

LOGITS = 1 << 20  # held at a time; 4 MB stay in a processor's cache, which is what makes it fast
ROWS = (64, 4096)  # of a block, at least and at most


class _CrossEntropy(torch.autograd.Function):
    """Computes the gradients together with the loss, block by block, so that no logits are computed twice."""

    @staticmethod
    def forward(ctx: Any, states: Tensor, items: Tensor, targets: Tensor) -> Tensor:
        n = len(states)
        state_grads, item_grads = torch.empty_like(states), torch.zeros_like(items)
        loss = states.new_zeros(())
        rows = min(max(LOGITS // len(items), ROWS[0]), ROWS[1])
        buffer = states.new_empty(min(rows, n), len(items))
        for start in range(0, n, rows):
            block, target = states[start : start + rows], targets[start : start + rows, None]
            logits = torch.mm(block, items.T, out=buffer[: len(block)])  # (rows, n_items)
            wanted, largest = logits.gather(1, target), logits.amax(1, keepdim=True)
            total = logits.sub_(largest).exp_().sum(1, keepdim=True)
            loss += (largest + total.log() - wanted).sum()
            gradient = logits.div_(total).scatter_add_(1, target, torch.full_like(wanted, -1))  # softmax - one-hot
            torch.mm(gradient, items, out=state_grads[start : start + rows])
            item_grads.addmm_(gradient.T, block)
        ctx.save_for_backward(state_grads.div_(n), item_grads.div_(n))
        return loss / n

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> Any:
        state_grads, item_grads = ctx.saved_tensors
        return state_grads * grads[0], item_grads * grads[0], None


def full_softmax_loss(states: Tensor, items: Tensor, targets: Tensor) -> Tensor:
    """Mean cross-entropy of ``states @ items.T`` against ``targets``, exact, in memory bounded by a block.

    Parameters
    ----------
    states
        float32 of shape (n, dim).
    items
        float32 of shape (n_items, dim).
    targets
        Positions of the right items, int64 of shape (n,).
    """
    loss: Tensor = _CrossEntropy.apply(states, items, targets)  # type: ignore[no-untyped-call]
    return loss
