"""A network that attends over a long history by quantised keys (VQL, arXiv 2508.17125)."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from itemvec.protocol.histories import Histories
from itemvec.recommenders.codebook import Codebook
from itemvec.recommenders.codeword_cache import read, summed
from itemvec.recommenders.item_embeddings import Items
from itemvec.recommenders.network import Network, in_blocks


class KeyedItems(Items):
    """An item side with a key beside each item vector: table rows are (vector, key), of twice the width.

    The key of an item is that of its codeword, a learned linear map of each group of the codebook.
    """

    codes: Tensor
    codewords: Tensor

    def __init__(self, items: Items, book: Codebook, width: int) -> None:
        super().__init__()
        self.items, self.n_items = items, items.n_items
        groups, _, dim = book.codewords.shape
        self.register_buffer("codes", torch.from_numpy(book.codes), persistent=False)
        self.register_buffer("codewords", torch.from_numpy(book.codewords), persistent=False)
        self.map = nn.Parameter(torch.randn(groups, dim, width // groups) * dim**-0.5)

    def keys(self) -> Tensor:
        """The key of each codeword, (groups, n_codewords, width / groups)."""
        return self.codewords @ self.map

    def forward(self, positions: Tensor | None = None) -> Tensor:
        """Rows, or all."""
        codes = self.codes if positions is None else self.codes[positions]  # (n, groups)
        keys = [of_group[codes[:, group]] for group, of_group in enumerate(self.keys())]
        return torch.cat([self.items(positions), *keys], dim=-1)


class Hop(nn.Module):
    """Attention of states over the events of a history, and a feed-forward layer, each with a residual connection.

    Keys and values are of the items, not of the states of a layer below, so that sums per codeword can be kept.
    """

    def __init__(self, width: int, heads: int, dropout: float) -> None:
        super().__init__()
        self.heads, self.dropout = heads, dropout
        self.norm_state, self.norm_value, self.norm_forward = (nn.LayerNorm(width) for _ in range(3))
        self.query, self.value, self.merge = (nn.Linear(width, width) for _ in range(3))
        self.widen, self.narrow = nn.Linear(width, 2 * width), nn.Linear(2 * width, width)
        self.log_rates = nn.Parameter(-8 * torch.arange(1, heads + 1) / heads * torch.log(torch.tensor(2.0)))

    @property
    def rates(self) -> Tensor:
        """By which events lose weight at each step, (heads,); at first those of ALiBi (arXiv 2108.12409)."""
        return self.log_rates.exp()

    def forward(self, states: Tensor, items: Tensor, keys: Tensor) -> Tensor:
        """The explicit form, for every state; all are (n, length, width)."""
        place = torch.arange(states.shape[1], device=states.device)
        ages = (place[:, None] - place).float()  # (length, length), negative for what comes later
        weights = (-self.rates[:, None, None] * ages).masked_fill(ages < 0, -torch.inf)
        queries, values = self.query(self.norm_state(states)), self.value(self.norm_value(items))
        query, key, value = (self._split(one) for one in (queries, keys, values))
        seen = functional.scaled_dot_product_attention(query, key, value, attn_mask=weights)
        return self._think(states, seen.transpose(1, 2))

    def last(self, states: Tensor, items: Tensor, keys: Tensor, codes: Tensor, last: Tensor) -> Tensor:
        """The same for the state at ``last``, (n, width), in the form of sums per codeword.

        Parameters
        ----------
        keys
            Of the codewords of each head, (heads, n_codewords, width / heads).
        codes
            Codeword of each event, int64 of shape (n, heads, length).
        last
            Place of the last event of each history, int64 of shape (n,).
        """
        ages = last[:, None, None] - torch.arange(items.shape[1], device=items.device)  # (n, 1, length)
        weights = torch.where(ages >= 0, torch.exp(-self.rates[:, None] * ages), 0.0)
        values = self._split(self.value(self.norm_value(items)))
        counts, sums = summed(codes, weights, values, keys.shape[1])
        queries = self._split(self.query(self.norm_state(states))[:, None])[:, :, 0]
        return self._think(states, read(queries, keys, counts, sums))

    def _split(self, states: Tensor) -> Tensor:
        """(n, length, width) to (n, heads, length, width / heads)."""
        return states.view(*states.shape[:2], self.heads, -1).transpose(1, 2)

    def _think(self, states: Tensor, seen: Tensor) -> Tensor:
        states = states + self._drop(self.merge(seen.reshape(states.shape)))
        return states + self._drop(self.narrow(functional.gelu(self.widen(self.norm_forward(states)))))

    def _drop(self, states: Tensor) -> Tensor:
        return functional.dropout(states, self.dropout, self.training)


class Hops(nn.Module):
    """Hops over rows of ``KeyedItems``, (n, length, 2 width), to states, (n, length, width)."""

    def __init__(self, width: int, layers: int, heads: int, dropout: float) -> None:
        super().__init__()
        self.dropout = dropout
        self.hops = nn.ModuleList(Hop(width, heads, dropout) for _ in range(layers))
        self.normalise = nn.LayerNorm(width)

    def forward(self, vectors: Tensor) -> Tensor:
        """The state after each item of a history, which predicts the next item."""
        items, keys = vectors.chunk(2, dim=-1)
        items = functional.dropout(items, self.dropout, self.training)
        states = items
        for hop in self.hops:
            states = hop(states, items, keys)
        normalised: Tensor = self.normalise(states)
        return normalised


class QuantisedNetwork(Network):
    """A network whose histories are read by sums per codeword when it is asked."""

    items: KeyedItems
    encoder: Hops

    def targets(self, table: Tensor) -> Tensor:
        """Item vectors to compare states with, without the keys beside them."""
        return super().targets(table.chunk(2, dim=-1)[0])

    def final(self, asked: Histories, max_history: int, table: Tensor) -> Tensor:
        """The state after each history, by sums per codeword."""
        states = table.new_empty(len(asked), table.shape[1] // 2, dtype=torch.float32)
        return in_blocks(lambda shown, last: self.last_states(shown, last, table), asked, max_history, states)

    def last_states(self, histories: Tensor, last: Tensor, table: Tensor) -> Tensor:
        """The state after the item at ``last``; ``table`` is that of the whole catalogue."""
        rows, (vectors, _) = histories.clamp(min=0), table.chunk(2, dim=-1)
        items = functional.embedding(rows, vectors)
        hops: list[Hop] = list(self.encoder.hops)  # type: ignore[arg-type]
        groups = self.items.keys()
        per_group = hops[0].heads // len(groups)
        keys = torch.cat([one.view(len(one), per_group, -1).transpose(0, 1) for one in groups])
        codes = self.items.codes[rows].permute(0, 2, 1).repeat_interleave(per_group, dim=1)
        states = items[torch.arange(len(rows), device=rows.device), last]
        for hop in hops:
            states = hop.last(states, items, keys, codes, last)
        return self.scaled(self.encoder.normalise(states))
