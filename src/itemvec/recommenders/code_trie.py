"""The trie of semantic ids: which codes may follow which, and which items lie below."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from itemvec.core.arrays import Ints
from itemvec.core.errors import TableError

LARGEST = 1 << 28  # bytes of the table of live codes of a depth


@dataclass(frozen=True)
class Level:
    """The nodes of a depth: the different beginnings of ids of that length, in lexicographic order.

    item_node
        Node of each item, int64 of shape (n_items,).
    parent, code
        Node of the depth before, and last code, of each node; int64 of shape (n_nodes,).
    n_items, first
        Number of items below each node, and the first of them.
    """

    item_node: Ints
    parent: Ints
    code: Ints
    n_items: Ints
    first: Ints


class CodeTrie(nn.Module):
    """The trie of distinct ids, int64 of shape (n_items, depth).

    Raises
    ------
    TableError
        So many items have the same codes but for the last that the table of live codes does not fit.

    Attributes
    ----------
    levels
        ``depth + 1`` levels; the first is the root, the last are the items.
    live
        For each depth but the last, which codes may follow each node: bool of shape (n_nodes, n_codes).
    """

    codes: Tensor

    def __init__(self, codes: Ints) -> None:
        super().__init__()
        n, self.depth = codes.shape
        self.sizes = [int(size) for size in codes.max(axis=0) + 1]
        nodes, parents, code = np.zeros(n, dtype=np.int64), np.zeros(1, dtype=np.int64), np.zeros(1, dtype=np.int64)
        self.levels = [_level(nodes, parents, code)]
        for depth, size in enumerate(self.sizes):
            kinds, below = np.unique(nodes * size + codes[:, depth], return_inverse=True)
            parents, code = np.divmod(kinds, size)
            if len(self.levels[-1].code) * size > LARGEST:
                raise TableError(
                    f"semantic-id: {size:,} items have the same codes, as items with equal texts do; leave duplicates "
                    "out of the catalogue, or take sasrec"
                )
            live = torch.zeros(len(self.levels[-1].code), size, dtype=torch.bool)
            live[torch.from_numpy(parents), torch.from_numpy(code)] = True
            self.register_buffer(f"live{depth}", live, persistent=False)
            self.register_buffer(f"node{depth}", torch.from_numpy(nodes), persistent=False)
            nodes = below.reshape(-1).astype(np.int64)
            self.levels.append(_level(nodes, parents, code))
            self.register_buffer(f"key{depth}", torch.from_numpy(kinds), persistent=False)
            self.register_buffer(f"first{depth + 1}", torch.from_numpy(self.levels[-1].first), persistent=False)
        self.register_buffer("codes", torch.from_numpy(codes), persistent=False)

    def live(self, depth: int) -> Tensor:
        """Which codes may follow each node of a depth, bool of shape (n_nodes, n_codes)."""
        found: Tensor = getattr(self, f"live{depth}")
        return found

    def child(self, depth: int, nodes: Tensor, codes: Tensor) -> Tensor:
        """Nodes that follow ``nodes`` of a depth by live ``codes``."""
        keys: Tensor = getattr(self, f"key{depth}")
        return torch.searchsorted(keys, nodes * self.sizes[depth] + codes)

    def some(self, depth: int, nodes: Tensor) -> Tensor:
        """An item below each node of a depth."""
        first: Tensor = getattr(self, f"first{depth}")
        return first[nodes]

    def nodes(self, depth: int) -> Tensor:
        """Node of each item at a depth, int64 of shape (n_items,)."""
        found: Tensor = getattr(self, f"node{depth}")
        return found


def _level(nodes: Ints, parents: Ints, code: Ints) -> Level:
    order = np.argsort(nodes, kind="stable")
    counts = np.bincount(nodes, minlength=len(code))
    return Level(nodes, parents, code, counts, order[np.cumsum(counts) - counts])
