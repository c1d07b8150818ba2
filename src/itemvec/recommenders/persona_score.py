"""Scores by personas, and the reasons for them."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from itemvec.core.arrays import Floats, Ints
from itemvec.protocol.histories import Histories
from itemvec.recommenders.base import Reasons
from itemvec.recommenders.network import USERS
from itemvec.recommenders.persona_network import PersonaNetwork

ITEMS = 4096  # scored at a time
TINY = 1e-6  # counts for a similarity below it, so that attention decides where nothing is similar
BEHIND = 2  # items of the history that are named for a recommendation


class PersonaScore:
    """Scores all items, in blocks, and says which persona and which items of the history are behind a score."""

    def __init__(self, network: PersonaNetwork, max_history: int) -> None:
        self.network, self.max_history = network.eval(), max_history
        self.table = network.items.table()
        with torch.inference_mode():
            self.items = network.targets(self.table)

    @torch.inference_mode()
    def __call__(self, asked: Histories) -> Floats:
        """Scores of all items, float32 of shape (n_users, n_items)."""
        scores = np.empty((len(asked), len(self.items)), dtype=np.float32)
        for rows, shown, last in self._blocks(asked):
            personas = self.network.states(shown, self.table)[torch.arange(len(rows), device=last.device), last]
            for start in range(0, len(self.items), ITEMS):
                part = slice(start, start + ITEMS)
                found, _ = self.network.mixed(personas, self.items[part], self.network.bias[part])
                scores[rows, part] = found.cpu().numpy()
        return scores

    @torch.inference_mode()
    def reasons(self, asked: Histories, positions: Ints) -> Reasons:
        """Why each of ``positions``, int64 of shape (n_users, k) with negatives for none, is recommended.

        The persona is that with the highest weight for the item. The items behind it are those of the history that
        give this persona most of its similarity with the item: attention times inner product.
        """
        persona = np.zeros(positions.shape, dtype=np.int64)
        behind = np.full((*positions.shape, BEHIND), -1, dtype=np.int64)
        for rows, shown, last in self._blocks(asked):
            one = torch.arange(len(rows), device=self.table.device)
            wanted = self.items[torch.from_numpy(positions[rows]).clamp(min=0).to(self.items.device)]  # (n, k, width)
            vectors = torch.nn.functional.embedding(shown.clamp(min=0), self.table)
            attention = self.network.attention(vectors)[one, :, last]  # (n, personas, length)
            weights = self.network.weights(self.network.states(shown, self.table)[one, last], wanted)
            best = weights.argmax(dim=1) if weights.dim() else one.new_zeros(wanted.shape[:2])
            part = attention.gather(1, best[..., None].expand(-1, -1, shown.shape[1]))
            alike = (wanted @ self.network.value(vectors).transpose(1, 2)).clamp(min=TINY)  # (n, k, length)
            part = part * alike
            part = part.masked_fill((shown < 0)[:, None], -torch.inf)
            top = part.topk(min(BEHIND, part.shape[2]), dim=2).indices
            items = shown[one[:, None, None], top].cpu().numpy()
            persona[rows], behind[rows, :, : items.shape[2]] = best.cpu().numpy(), items
        return Reasons(persona, behind)

    def _blocks(self, asked: Histories) -> list[tuple[Ints, Tensor, Tensor]]:
        """Rows of users with histories of like length, their latest items, and the place of the last."""
        recent = asked.recent(self.max_history)
        last = np.clip(asked.lengths, 1, self.max_history) - 1
        order, device = np.argsort(last, kind="stable"), self.table.device
        parts = [order[start : start + USERS] for start in range(0, len(order), USERS)]
        return [
            (
                rows,
                torch.from_numpy(recent[rows, : last[rows].max() + 1]).to(device),
                torch.from_numpy(last[rows]).to(device),
            )
            for rows in parts
        ]
