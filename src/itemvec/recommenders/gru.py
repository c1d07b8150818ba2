"""A recurrent network over a history (GRU4Rec: Hidasi et al., arXiv 1511.06939)."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional


class Gru(nn.Module):
    """Gated recurrent layers and a linear map between normalisations; vectors and states are (n, length, width).

    Without the first normalisation, new item vectors are so short that the gates ignore them for epochs. Not
    ``normalised``, it is RecBole's: the layers have no bias, and only the item vectors are dropped out.
    """

    def __init__(
        self, width: int, layers: int, dropout: float, inner: int | None = None, normalised: bool = True
    ) -> None:
        super().__init__()
        self.dropout, self.normalised, inner = dropout, normalised, inner or width
        self.layers = nn.GRU(width, inner, num_layers=layers, batch_first=True, bias=normalised)
        self.first, self.last = (nn.LayerNorm(width) if normalised else nn.Identity() for _ in range(2))
        self.merge = nn.Linear(inner, width)

    def forward(self, vectors: Tensor) -> Tensor:
        """The state after each item of a history, which predicts the next item."""
        states, _ = self.layers(functional.dropout(self.first(vectors), self.dropout, self.training))
        states = functional.dropout(states, self.dropout, self.training and self.normalised)
        found: Tensor = self.last(self.merge(states))
        return found
