"""The network of semantic ids: the chance of an item is that of its codes, given the history."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from itemvec.recommenders.code_trie import CodeTrie
from itemvec.recommenders.item_embeddings import NORMAL, Items
from itemvec.recommenders.lazy_decoder import LazyDecoder


class SemanticNetwork(nn.Module):
    """A decoder that says the id of the next item, code by code, over the items of a history.

    Parameters
    ----------
    items
        Item side, which gives the context.
    trie
        The ids of all items.
    length
        Most items of a history that are read.
    """

    def __init__(self, items: Items, trie: CodeTrie, decoder: LazyDecoder, width: int, length: int) -> None:
        super().__init__()
        self.items, self.trie, self.decoder = items, trie, decoder
        self.ages = nn.Parameter(torch.randn(length, width) * NORMAL)
        self.always = nn.Parameter(torch.randn(width) * NORMAL)  # in every context, so that none is empty
        self.normalise = nn.RMSNorm(width)
        self.begin = nn.Parameter(torch.randn(width) * NORMAL)
        self.codes = nn.ModuleList(nn.Embedding(size, width) for size in trie.sizes[:-1])
        self.heads = nn.ModuleList(nn.Linear(width, size) for size in trie.sizes)

    def context(self, shown: Tensor, table: Tensor) -> tuple[Tensor, Tensor]:
        """What the decoder attends to, and where it is blank.

        Parameters
        ----------
        shown
            Rows of ``table``, int64 of shape (n, length), padded with negatives on the left: the latest item is last.

        Returns
        -------
        float32 of shape (n, length + 1, width), and bool of shape (n, length + 1).
        """
        n, length = shown.shape
        vectors = functional.embedding(shown.clamp(min=0), table) + self.ages[:length].flip(0)
        whole = torch.cat([vectors, self.always.expand(n, 1, -1)], dim=1)
        return self.normalise(whole).float(), functional.pad(shown < 0, (0, 1))

    def tokens(self, items: Tensor, length: int) -> Tensor:
        """The first ``length`` tokens for items, int64 (n, m): the start, then codes; (n, m, length, width)."""
        codes = self.trie.codes[items]  # (n, m, depth)
        parts = [self.begin.expand(*items.shape, -1)]
        parts += [self.said(depth, codes[..., depth - 1]) for depth in range(1, length)]
        return torch.stack(parts, dim=2)

    def said(self, depth: int, codes: Tensor) -> Tensor:
        """The token of each code that ends a beginning of an id of length ``depth``: (n_codes, width)."""
        found: Tensor = self.codes[depth - 1](codes) if depth else self.begin.expand(len(codes), -1)
        return found

    def log_chances(self, context: Tensor, blank: Tensor, items: Tensor) -> Tensor:
        """Logarithm of the chance of items, int64 (n, m), float32 (n, m): the sum over their codes.

        At each code only those count that lead to an item, so that the chances of all items sum to 1.
        """
        states = self.decoder(self.tokens(items, self.trie.depth), context, blank)
        total: Tensor = states.new_zeros(items.shape)
        for depth in range(self.trie.depth):
            found = self.masked(states[:, :, depth], depth, self.trie.nodes(depth)[items])
            total = total + found.gather(2, self.trie.codes[items][..., depth, None])[..., 0]
        return total

    def masked(self, states: Tensor, depth: int, nodes: Tensor) -> Tensor:
        """Log-probabilities of the next code, minus infinity for those that lead to no item below ``nodes``."""
        logits = self.heads[depth](states).float()
        found: Tensor = logits.masked_fill(~self.trie.live(depth)[nodes], -torch.inf).log_softmax(dim=-1)
        return found

    @torch.no_grad()
    def sample(self, context: Tensor, blank: Tensor, m: int) -> Tensor:
        """Draw ``m`` items for each context from the chances, int64 of shape (n, m), code by code."""
        items = torch.zeros(len(context), m, dtype=torch.int64, device=context.device)  # the first below the node
        nodes = torch.zeros_like(items)
        for depth in range(self.trie.depth):
            states = self.decoder(self.tokens(items, depth + 1), context, blank)[:, :, -1]
            chances = self.masked(states, depth, nodes).exp()
            drawn = torch.multinomial(chances.flatten(0, 1), 1).view_as(items)
            nodes = self.trie.child(depth, nodes, drawn)
            items = self.trie.some(depth + 1, nodes)
        return items
