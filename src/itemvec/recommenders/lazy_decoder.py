"""The lazy decoder of OneRec-V2: cross-attention to a context without projections of keys and values."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

Pairs = list[tuple[Tensor, Tensor]]  # key and value of each token before, float32 of shape (n, m, width)
Past = list[Pairs]  # of each block


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

    def ahead(self, tokens: Tensor, context: Tensor, blank: Tensor) -> Tensor:
        """What does not depend on the tokens before: (n, m, width) after the context, with query, key and value."""
        tokens = self._cross(tokens, context, blank)
        return torch.cat([tokens, self.project(self.norm_self(tokens))], dim=-1)

    def step(self, ahead: Tensor, past: Pairs) -> tuple[Tensor, Pairs]:
        """One more token, (n, m, width) of what ``ahead`` gives, and the keys and values with its own."""
        n, m, width = ahead.shape[0], ahead.shape[1], ahead.shape[2] // 4
        tokens, query, key, value = torch.split(ahead, width, dim=-1)
        by_head = (n, m, self.heads, width // self.heads)
        grown = [*past, (key, value)]
        logits = torch.stack([(query * one).view(by_head).sum(-1) for one, _ in grown]) * by_head[-1] ** -0.5
        share = logits.softmax(dim=0)[..., None]  # (tokens, n, m, heads, 1)
        seen = sum(part * one.view(by_head) for part, (_, one) in zip(share, grown, strict=True))
        return self._think(tokens + self.merge(seen.reshape(n, m, width))), grown

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

    def step(self, tokens: Tensor, which: Tensor, context: Tensor, blank: Tensor, past: Past) -> tuple[Tensor, Past]:
        """States of one more token of ``m`` sequences, (n, m, width), and the keys and values with those of this token.

        Parameters
        ----------
        tokens
            The different tokens, float32 of shape (n, n_tokens, width): what the first block can say of them without
            those before is computed once.
        which
            Token of each sequence, int64 of shape (m,).
        past
            Keys and values of the tokens before, by block.
        """
        kept: Past = []
        for place, block in enumerate(self.blocks):
            ready = block.ahead(tokens, context, blank)  # type: ignore[operator]
            tokens, grown = block.step(ready.index_select(1, which) if place == 0 else ready, past[place])  # type: ignore[operator]
            kept.append(grown)
        return self.normalise(tokens), kept
