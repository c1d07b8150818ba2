"""The loss of semantic ids: cross-entropy on the codes of the next item, and GBPO on the task metric."""

from __future__ import annotations

import copy

import numpy as np
import torch
from torch import Tensor

from itemvec.protocol.histories import Histories
from itemvec.recommenders.gbpo import gbpo_loss, ndcg_advantages
from itemvec.recommenders.schedule import Loss, Schedule
from itemvec.recommenders.semantic_network import SemanticNetwork


class CodeLosses:
    """Mean negative log-chance of the next item at every position of a batch."""

    def __init__(self, network: SemanticNetwork, _: Histories, schedule: Schedule, __: np.random.Generator) -> None:
        self.network, self.schedule = network, schedule

    def __call__(self, _: Loss, inputs: Tensor, targets: Tensor, __: Tensor) -> Tensor:
        """The loss; inputs and targets are int64 (n, length), padded with negatives."""
        with torch.autocast(inputs.device.type, torch.bfloat16, enabled=self.schedule.bfloat16):
            context, blank = context_of(self.network, inputs, targets, self.schedule.max_history)
            return -self.network.log_chances(context, blank, targets[targets >= 0][:, None]).mean()


class GbpoLosses:
    """Fine-tuning: the cross-entropy, and ``weight`` times the loss of GBPO.

    The group of a position is its target and ``samples`` items that the old policy draws, which is the network at the
    start of fine-tuning; without dropout.
    """

    def __init__(
        self,
        network: SemanticNetwork,
        _: Histories,
        schedule: Schedule,
        __: np.random.Generator,
        weight: float,
        samples: int,
    ) -> None:
        self.network, self.schedule, self.weight, self.samples = network, schedule, weight, samples
        self.old = copy.deepcopy(network).eval().requires_grad_(False)

    def __call__(self, _: Loss, inputs: Tensor, targets: Tensor, __: Tensor) -> Tensor:
        """The loss; inputs and targets are int64 (n, length), padded with negatives."""
        length, wanted = self.schedule.max_history, targets[targets >= 0]
        with torch.no_grad():
            before = context_of(self.old, inputs, targets, length)
            group = torch.cat([wanted[:, None], self.old.sample(*before, self.samples)], dim=1)
            old = self.old.log_chances(*before, group)
            advantages = ndcg_advantages(old, group)
        with torch.autocast(inputs.device.type, torch.bfloat16, enabled=self.schedule.bfloat16):
            logs = self.network.log_chances(*context_of(self.network, inputs, targets, length), group)
        return self.weight * gbpo_loss(logs, old, advantages) - logs[:, 0].mean()


def context_of(network: SemanticNetwork, inputs: Tensor, targets: Tensor, length: int) -> tuple[Tensor, Tensor]:
    """The context of every position with a target: at most ``length`` items up to it, the latest last."""
    length = min(length, inputs.shape[1])
    padded = torch.nn.functional.pad(inputs, (length - 1, 0), value=-1)
    shown = padded.unfold(1, length, 1)[targets >= 0]  # (n_positions, length)
    rows, places = torch.unique(shown.clamp(min=0), return_inverse=True)
    return network.context(places.masked_fill(shown < 0, -1), network.items(rows))
