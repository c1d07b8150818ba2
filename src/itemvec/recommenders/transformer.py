"""Causal self-attention over a history (Kang and McAuley, arXiv 1808.09781)."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from itemvec.recommenders.item_embeddings import NORMAL


class Block(nn.Module):
    """Causal self-attention and a feed-forward layer, each with a residual connection and layer normalisation."""

    def __init__(
        self,
        width: int,
        heads: int,
        dropout: float,
        norm: str,
        inner: int | None = None,
        attention_dropout: float = 0.0,
    ) -> None:
        super().__init__()
        self.heads, self.dropout, self.norm, self.attention_dropout = heads, dropout, norm, attention_dropout
        inner = inner or 2 * width
        self.norm_attention, self.norm_forward = nn.LayerNorm(width), nn.LayerNorm(width)
        self.project, self.merge = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.widen, self.narrow = nn.Linear(width, inner), nn.Linear(inner, width)

    def forward(self, states: Tensor, asking: Tensor | None = None) -> Tensor:
        """States of shape (n, length, width) to states of the same shape.

        With ``asking``, of the same shape, it is these that attend to ``states`` and come back.
        """
        if self.norm == "after":
            own = states if asking is None else asking
            own = self.norm_attention(own + self._attend(states, asking))
            normalised: Tensor = self.norm_forward(own + self._think(own))
            return normalised
        if asking is None:
            states = states + self._attend(self.norm_attention(states))
        else:
            states = asking + self._attend(self.norm_attention(states), self.norm_attention(asking))
        return states + self._think(self.norm_forward(states))

    def _attend(self, states: Tensor, asking: Tensor | None = None) -> Tensor:
        n, length, width = states.shape
        split = self.project(states).view(n, length, 3, self.heads, width // self.heads)
        query, key, value = split.permute(2, 0, 3, 1, 4)  # each (n, heads, length, width / heads)
        if asking is not None:
            asked = functional.linear(asking, self.project.weight[:width], self.project.bias[:width])
            query = asked.view(n, length, self.heads, width // self.heads).transpose(1, 2)
        dropped = self.attention_dropout if self.training else 0.0
        seen = functional.scaled_dot_product_attention(query, key, value, dropout_p=dropped, is_causal=True)
        return self._drop(self.merge(seen.transpose(1, 2).reshape(n, length, width)))

    def _think(self, states: Tensor) -> Tensor:
        return self._drop(self.narrow(functional.gelu(self.widen(states))))

    def _drop(self, states: Tensor) -> Tensor:
        return functional.dropout(states, self.dropout, self.training)


class Transformer(nn.Module):
    """Position embeddings, then blocks; vectors and states are (n, length, width).

    There is one more normalisation at the end or, with ``norm: after``, at the beginning. Feed-forward layers are
    ``inner`` wide, by default twice the width.
    """

    def __init__(
        self,
        width: int,
        length: int,
        layers: int,
        heads: int,
        dropout: float,
        norm: str,
        inner: int | None = None,
        attention_dropout: float = 0.0,
    ) -> None:
        super().__init__()
        self.dropout, self.norm = dropout, norm
        self.positions = nn.Parameter(torch.randn(length, width) * NORMAL)
        self.blocks = nn.ModuleList(Block(width, heads, dropout, norm, inner, attention_dropout) for _ in range(layers))
        self.normalise = nn.LayerNorm(width)

    def forward(self, vectors: Tensor) -> Tensor:
        """The state after each item of a history, which predicts the next item."""
        return self.last(self.before_last(vectors))

    def before_last(self, vectors: Tensor) -> Tensor:
        """What the last block reads."""
        states = vectors + self.positions[: vectors.shape[1]]
        if self.norm == "after":
            states = self.normalise(states)
        states = functional.dropout(states, self.dropout, self.training)
        for block in self.blocks[:-1]:
            states = block(states)
        return states

    def last(self, states: Tensor, token: Tensor | None = None) -> Tensor:
        """The last block; ``token``, of shape (width,), is added to what asks, and not to what is read."""
        states = self.blocks[-1](states, None if token is None else states + token)
        return states if self.norm == "after" else self.normalise(states)
