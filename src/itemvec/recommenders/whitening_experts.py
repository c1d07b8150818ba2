"""The adaptor of UniSRec: a mixture of parametric whitenings (arXiv 2206.05941, section 2.2.1)."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from itemvec.recommenders.item_embeddings import NORMAL

LEAST = 0.01  # standard deviation of the noise, at least


class Experts(nn.Module):
    """Maps text vectors of shape (n, dim) to (n, width): a gate mixes ``experts`` maps ``W (x - b)``.

    In training, noise with a learned deviation is added to the gate's logits. All experts share one dropout mask of the
    input; the published code draws one for each.
    """

    def __init__(self, dim: int, width: int, experts: int, dropout: float) -> None:
        super().__init__()
        self.dropout = dropout
        self.bias = nn.Parameter(torch.zeros(experts, dim))
        self.weight = nn.Parameter(torch.randn(experts, width, dim) * NORMAL)
        self.gate, self.noise = nn.Parameter(torch.zeros(dim, experts)), nn.Parameter(torch.zeros(dim, experts))

    def forward(self, text: Tensor) -> Tensor:
        """Mix the outputs of the experts."""
        gates = self.gates(text)  # (n, experts)
        shown = functional.dropout(text, self.dropout, self.training)
        experts, width, dim = self.weight.shape
        mapped = (shown @ self.weight.view(-1, dim).T).view(-1, experts, width)
        mapped = mapped - torch.einsum("ewd,ed->ew", self.weight, self.bias)
        return torch.einsum("new,ne->nw", mapped, gates)

    def gates(self, text: Tensor) -> Tensor:
        """Weight of each expert, float32 of shape (n, experts), 1 in sum."""
        logits = text @ self.gate
        if self.training:
            logits = logits + torch.randn_like(logits) * (functional.softplus(text @ self.noise) + LEAST)
        return logits.softmax(dim=-1)
