"""A recurrent network over a history (GRU4Rec: Hidasi et al., arXiv 1511.06939)."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional


class Gru(nn.Module):
    """Gated recurrent layers and a linear map between normalisations; vectors and states are (n, length, width).

    Without the first normalisation, new item vectors are so short that the gates ignore them for epochs.
    """

    def __init__(self, width: int, layers: int, dropout: float) -> None:
        super().__init__()
        self.dropout = dropout
        self.layers = nn.GRU(width, width, num_layers=layers, batch_first=True)
        self.first, self.last = nn.LayerNorm(width), nn.LayerNorm(width)
        self.merge = nn.Linear(width, width)

    def forward(self, vectors: Tensor) -> Tensor:
        """The state after each item of a history, which predicts the next item."""
        states, _ = self.layers(functional.dropout(self.first(vectors), self.dropout, self.training))
        normalised: Tensor = self.last(self.merge(functional.dropout(states, self.dropout, self.training)))
        return normalised
