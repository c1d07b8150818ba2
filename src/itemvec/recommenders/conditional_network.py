"""The network of conditional retrieval: states of histories, moved by what is asked for."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

from itemvec.core.arrays import Floats
from itemvec.protocol.attributes import Attributes
from itemvec.protocol.histories import Histories
from itemvec.recommenders.network import Network, Predicting, Step, final_states, scorer


class ConditionalNetwork(Network):
    """A network whose states become h + MLP([h; c; h * c]), with a learned vector c for each condition.

    The last row of the vectors is that of no condition. The last layer begins at zero, so that a fresh network gives
    the states of the plain one.
    """

    offsets: Tensor
    values: Tensor

    def __init__(self, plain: Network, conditions: Attributes, width: int, drop: float) -> None:
        super().__init__(plain.items, plain.encoder, plain.temperature, plain.hide)
        self.conditions, self.drop = conditions, drop
        self.vectors = nn.Embedding(len(conditions.names) + 1, width)
        self.widen, self.narrow = nn.Linear(3 * width, width), nn.Linear(width, width)
        nn.init.zeros_(self.narrow.weight)
        nn.init.zeros_(self.narrow.bias)
        self.register_buffer("offsets", torch.from_numpy(conditions.offsets), persistent=False)
        self.register_buffer("values", torch.from_numpy(conditions.values), persistent=False)

    @property
    def none(self) -> int:
        """The row of no condition."""
        return len(self.conditions.names)

    def states(self, histories: Tensor, table: Tensor) -> Tensor:
        """The states without a condition."""
        found = self.read(histories, table)
        return self.scaled(self.conditioned(found, torch.full_like(found[..., 0], self.none, dtype=torch.int64)))

    def conditioned(self, states: Tensor, conditions: Tensor) -> Tensor:
        """States of shape (..., width) under conditions, rows of the vectors, int64 of shape (...)."""
        wanted = self.vectors(conditions)
        mixed = torch.cat([states, wanted, states * wanted], dim=-1)
        moved: Tensor = self.narrow(functional.gelu(self.widen(mixed)))
        return states + moved.float()

    def predicting(self, histories: Tensor, table: Tensor, step: Step) -> Predicting:
        """The states of a training step, each under a condition that its target meets."""
        return Predicting(
            self.scaled(self.conditioned(self.read(histories, table)[step.asked], self.draw(step.targets)))
        )

    def draw(self, targets: Tensor) -> Tensor:
        """A condition of each target at random; none where it meets none, and for the share ``drop``."""
        first = self.offsets[targets]
        counts = self.offsets[targets + 1] - first
        place = first + (torch.rand(len(targets), device=first.device) * counts).long().minimum(counts - 1)
        left = (counts == 0) | (torch.rand(len(targets), device=first.device) < self.drop)
        return torch.where(left, self.none, self.values[place.clamp(0, len(self.values) - 1)])

    def scorer(self, max_history: int) -> ConditionalScore:
        """The score function without a condition, which takes one too."""
        return ConditionalScore(self, max_history)


class ConditionalScore:
    """Scores of all items for histories; with ``under``, of what a user asks for."""

    def __init__(self, network: ConditionalNetwork, max_history: int) -> None:
        self.network, self.max_history = network, max_history
        self.plain = scorer(network, max_history)
        self.table = network.items.table()
        with torch.inference_mode():
            self.items = network.targets(self.table)

    def __call__(self, asked: Histories) -> Floats:
        """Without a condition."""
        return self.plain(asked)

    def under(self, asked: Histories, conditions: Sequence[str | None]) -> Floats:
        """Under a condition for each history, as ``genres=Comedy``; one that training did not know counts as none."""
        known = {name: row for row, name in enumerate(self.network.conditions.names)}
        rows = [self.network.none if name is None else known.get(name, self.network.none) for name in conditions]
        found = torch.tensor(rows, dtype=torch.int64, device=self.items.device)
        with torch.inference_mode():
            states = final_states(self.network.read, asked, self.max_history, self.table)
            states = self.network.scaled(self.network.conditioned(states, found))
            scores: Floats = (states @ self.items.T).cpu().numpy()
        return scores
