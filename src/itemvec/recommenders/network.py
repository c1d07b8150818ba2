"""The network of SASRec: a causal transformer over a history, and a table of items to compare its states with."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from itemvec.arrays import Floats

NORMAL = 0.02  # standard deviation of fresh embeddings


class IdItems(nn.Module):
    """One learned vector per item."""

    def __init__(self, n_items: int, width: int) -> None:
        super().__init__()
        self.vectors = nn.Parameter(torch.randn(n_items, width) * NORMAL)

    def forward(self) -> Tensor:
        """The table, float32 of shape (n_items, width)."""
        return self.vectors


class TextItems(nn.Module):
    """Frozen text vectors, brought to mean 0 and root mean square 1, through a learned linear adaptor."""

    def __init__(self, vectors: Floats, width: int) -> None:
        super().__init__()
        centred = torch.from_numpy(vectors - vectors.mean(axis=0))
        self.register_buffer("text", centred / centred.square().mean().sqrt().clamp(min=1e-12), persistent=False)
        self.adaptor = nn.Linear(vectors.shape[1], width)

    def forward(self) -> Tensor:
        """The table, float32 of shape (n_items, width)."""
        table: Tensor = self.adaptor(self.text)
        return table


class Block(nn.Module):
    """Causal self-attention and a feed-forward layer, each normalised before and added to its input."""

    def __init__(self, width: int, heads: int, dropout: float) -> None:
        super().__init__()
        self.heads, self.dropout = heads, dropout
        self.before_attention, self.before_forward = nn.LayerNorm(width), nn.LayerNorm(width)
        self.project, self.merge = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.widen, self.narrow = nn.Linear(width, 2 * width), nn.Linear(2 * width, width)

    def forward(self, states: Tensor) -> Tensor:
        """States of shape (n, length, width) to states of the same shape."""
        n, length, width = states.shape
        split = self.project(self.before_attention(states)).view(n, length, 3, self.heads, width // self.heads)
        query, key, value = split.permute(2, 0, 3, 1, 4)  # each (n, heads, length, width / heads)
        seen = functional.scaled_dot_product_attention(query, key, value, is_causal=True)
        states = states + self._drop(self.merge(seen.transpose(1, 2).reshape(n, length, width)))
        return states + self._drop(self.narrow(functional.gelu(self.widen(self.before_forward(states)))))

    def _drop(self, states: Tensor) -> Tensor:
        return functional.dropout(states, self.dropout, self.training)


class SasRecNetwork(nn.Module):
    """Self-attentive sequential recommendation (Kang and McAuley, arXiv 1808.09781), with cosine logits.

    Cosine over a temperature takes the place of the inner product: it keeps popular items from growing long vectors,
    and makes text and id tables start alike.
    """

    def __init__(
        self, items: nn.Module, width: int, length: int, layers: int, heads: int, dropout: float, temperature: float
    ) -> None:
        super().__init__()
        self.items, self.dropout, self.temperature = items, dropout, temperature
        self.positions = nn.Parameter(torch.randn(length, width) * NORMAL)
        self.blocks = nn.ModuleList(Block(width, heads, dropout) for _ in range(layers))
        self.last = nn.LayerNorm(width)

    def states(self, histories: Tensor, table: Tensor) -> Tensor:
        """What a history asks for next, after each of its items.

        Parameters
        ----------
        histories
            Item positions, oldest first, int64 of shape (n, length); negative where there is none, at the end.
        table
            Item table, float32 of shape (n_items, width).

        Returns
        -------
        float32 of shape (n, length, width), of length 1 / temperature.
        """
        states = functional.embedding(histories.clamp(min=0), table) + self.positions[: histories.shape[1]]
        states = functional.dropout(states, self.dropout, self.training)
        for block in self.blocks:
            states = block(states)
        return functional.normalize(self.last(states), dim=-1) / self.temperature

    def targets(self, table: Tensor) -> Tensor:
        """Item vectors to compare states with, of unit length, float32 of shape (n_items, width)."""
        return functional.normalize(table, dim=-1)
