"""A recurrent network over a history (GRU4Rec: Hidasi et al., arXiv 1511.06939)."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional


class Gru(nn.Module):
    """Gated recurrent layers, then a linear map and a normalisation; vectors and states are (n, length, width)."""

    def __init__(self, width: int, layers: int, dropout: float) -> None:
        super().__init__()
        self.dropout = dropout
        self.layers = nn.GRU(width, width, num_layers=layers, batch_first=True)
        self.merge, self.last = nn.Linear(width, width), nn.LayerNorm(width)

    def forward(self, vectors: Tensor) -> Tensor:
        """What a history asks for next, after each of its items."""
        states, _ = self.layers(functional.dropout(vectors, self.dropout, self.training))
        normalised: Tensor = self.last(self.merge(functional.dropout(states, self.dropout, self.training)))
        return normalised
