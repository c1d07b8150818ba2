"""The lazy decoder of OneRec-V2: cross-attention to a context without projections of keys and values."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

# Keys and values of the tokens before, each float32 of shape (n, m, tokens, width), of each block.
Past = list[tuple[Tensor, Tensor]]


class LazyBlock(nn.Module):
    """Lazy cross-attention, causal self-attention and a feed-forward layer, each after an RMSNorm (arXiv 2508.20900).

    The context is key and value as it is (S_kv = L_kv = 1): no weights of the block touch it.
    """

    def __init__(self, width: int, heads: int, inner: int, dropout: float) -> None:
        super().__init__()
        self.heads, self.dropout = heads, dropout
        self.norm_cross, self.norm_self, self.norm_forward = (nn.RMSNorm(width) for _ in range(3))
        self.ask, self.answer = nn.Linear(width, width), nn.Linear(width, width)
        self.project, self.merge = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.widen, self.narrow = nn.Linear(width, inner), nn.Linear(inner, width)

    def forward(self, tokens: Tensor, context: Tensor, blank: Tensor) -> Tensor:
        """All tokens at once: (n, m, tokens, width), of which each sees those before it among its m."""
        n, m, length, width = tokens.shape
        tokens = self._cross(tokens.view(n, -1, width), context, blank).view(n * m, length, width)
        split = self.project(self.norm_self(tokens)).view(n * m, length, 3, self.heads, -1)
        query, key, value = split.permute(2, 0, 3, 1, 4)
        seen = functional.scaled_dot_product_attention(query, key, value, is_causal=True)
        tokens = tokens + self._drop(self.merge(seen.transpose(1, 2).reshape(n * m, length, width)))
        return self._think(tokens).view(n, m, length, width)

    def step(self, tokens: Tensor, context: Tensor, blank: Tensor, past: tuple[Tensor, Tensor]) -> Tensor:
        """One more token: (n, m, width), after the keys and values ``past``, to which its own are added in place.

        ``past`` has room for them in the last of its tokens.
        """
        n, m, width = tokens.shape
        tokens = self._cross(tokens, context, blank)
        query, key, value = self.project(self.norm_self(tokens)).split(width, dim=-1)
        keys, values = past
        keys[:, :, -1], values[:, :, -1] = key, value
        by_head = (n, m, -1, self.heads, width // self.heads)
        logits = (query[:, :, None] * keys).view(by_head).sum(-1) * (width // self.heads) ** -0.5
        share = logits.softmax(dim=2)[..., None]  # (n, m, tokens, heads, 1)
        tokens = tokens + self.merge((share * values.view(by_head)).sum(2).view(n, m, width))
        return self._think(tokens)

    def _cross(self, tokens: Tensor, context: Tensor, blank: Tensor) -> Tensor:
        """Attention of (n, length, width) to (n, items, width), where not ``blank``, bool (n, items)."""
        n, length, width = tokens.shape
        query = self.ask(self.norm_cross(tokens)).view(n, length, self.heads, -1).transpose(1, 2)
        both = context.view(n, context.shape[1], self.heads, -1).transpose(1, 2)
        seen = functional.scaled_dot_product_attention(query, both, both, attn_mask=~blank[:, None, None])
        return tokens + self._drop(self.answer(seen.transpose(1, 2).reshape(n, length, width)))

    def _think(self, tokens: Tensor) -> Tensor:
        return tokens + self._drop(self.narrow(functional.gelu(self.widen(self.norm_forward(tokens)))))

    def _drop(self, tokens: Tensor) -> Tensor:
        return functional.dropout(tokens, self.dropout, self.training)


class LazyDecoder(nn.Module):
    """Lazy blocks, and one more RMSNorm at the end."""

    def __init__(self, width: int, layers: int, heads: int, inner: int, dropout: float) -> None:
        super().__init__()
        self.blocks = nn.ModuleList(LazyBlock(width, heads, inner, dropout) for _ in range(layers))
        self.normalise = nn.RMSNorm(width)

    def forward(self, tokens: Tensor, context: Tensor, blank: Tensor) -> Tensor:
        """States of sequences of tokens, both (n, m, tokens, width), over one context for each n."""
        for block in self.blocks:
            tokens = block(tokens, context, blank)
        found: Tensor = self.normalise(tokens)
        return found

    def step(self, tokens: Tensor, context: Tensor, blank: Tensor, past: Past | None) -> tuple[Tensor, Past]:
        """States of one more token, (n, m, width), and the keys and values with those of this token."""
        room = tokens[:, :, None]
        kept: Past = []
        for place, block in enumerate(self.blocks):
            before = past[place] if past else (room[:, :, :0], room[:, :, :0])
            grown = (torch.cat([before[0], room], dim=2), torch.cat([before[1], room], dim=2))
            tokens = block.step(tokens, context, blank, grown)  # type: ignore[operator]
            kept.append(grown)
        return self.normalise(tokens), kept
