"""Exact scores of all items by semantic ids: through the trie, level by level."""

from __future__ import annotations

from functools import partial

import numpy as np
import torch
from torch import Tensor

from itemvec.core.arrays import Floats, Ints
from itemvec.protocol.histories import Histories
from itemvec.recommenders.lazy_decoder import Past
from itemvec.recommenders.semantic_network import SemanticNetwork

USERS = 32  # that are read at a time
NODES = 128  # of the trie, for each of them


class SemanticScore:
    """The logarithm of the chance of every item; memory is bounded by a block of users and nodes.

    Each node of the trie with several items below it is one step of the decoder, which keeps keys and values of the
    codes before. A node with one item is done: the codes that remain are certain.
    """

    def __init__(self, network: SemanticNetwork, max_history: int) -> None:
        self.network, self.max_history = network.eval(), max_history
        self.table = network.items.table()

    @torch.inference_mode()
    def __call__(self, asked: Histories) -> Floats:
        """Log-chances of all items, float32 of shape (n_users, n_items)."""
        lengths = np.clip(asked.lengths, 1, self.max_history)
        order = np.argsort(lengths, kind="stable")
        recent = asked.recent(self.max_history)
        scores = np.empty((len(asked), asked.n_items), dtype=np.float32)
        for start in range(0, len(order), USERS):
            rows = order[start : start + USERS]
            shown = left_padded(torch.from_numpy(recent[rows, : lengths[rows[-1]]])).to(self.table.device)
            scores[rows] = self._of_block(*self.network.context(shown, self.table)).cpu().numpy()
        return scores

    def _of_block(self, context: Tensor, blank: Tensor) -> Tensor:
        n_items = len(self.network.trie.codes)
        found = context.new_zeros(len(context), n_items)
        if n_items > 1:
            past: Past = [[] for _ in self.network.decoder.blocks]
            self._descend(0, np.zeros(1, np.int64), found.new_zeros(len(context), 1), past, (context, blank, found))
        return found

    def _descend(self, depth: int, nodes: Ints, sofar: Tensor, past: Past, block: tuple[Tensor, ...]) -> None:
        """Write the chances of all items below ``nodes`` of a depth, whose own log-chances are ``sofar``."""
        context, blank, found = block
        network, level = self.network, self.network.trie.levels[depth + 1]
        on = partial(torch.as_tensor, device=found.device)
        said, which = np.unique(network.trie.levels[depth].code[nodes], return_inverse=True)
        tokens = network.said(depth, on(said)).expand(len(found), -1, -1)
        states, kept = network.decoder.step(tokens, on(which), context, blank, past)
        logs = network.masked(states, depth, on(nodes)) + sofar[..., None]
        below = np.flatnonzero(np.isin(level.parent, nodes))
        place, code = np.searchsorted(nodes, level.parent[below]), level.code[below]
        logs = logs[:, on(place), on(code)]  # (n, children)
        done = level.n_items[below] == 1
        found[:, on(level.first[below[done]])] = logs[:, on(done)]
        rest = np.flatnonzero(~done)
        for start in range(0, len(rest), NODES):
            part = rest[start : start + NODES]
            parent = on(place[part])
            further = [
                [(key.index_select(1, parent), one.index_select(1, parent)) for key, one in pairs] for pairs in kept
            ]
            self._descend(depth + 1, below[part], logs[:, on(part)], further, block)


def left_padded(shown: Tensor) -> Tensor:
    """Histories, int64 (n, length), with their padding moved from the right to the left."""
    lengths = (shown >= 0).sum(1, keepdim=True)
    place = torch.arange(shown.shape[1], device=shown.device) - (shown.shape[1] - lengths)
    return shown.gather(1, place.clamp(min=0)).masked_fill(place < 0, -1)
