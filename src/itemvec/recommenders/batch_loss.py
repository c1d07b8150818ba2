"""The training loss of one batch: full, sampled or in-batch softmax."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from itemvec.protocol.histories import Histories
from itemvec.recommenders.network import Network
from itemvec.recommenders.sampled_softmax import Negatives, sampled_softmax_loss
from itemvec.recommenders.schedule import Loss, Schedule
from itemvec.recommenders.softmax import full_softmax_loss


class Losses:
    """Computes the loss of a batch, of the kind that the epoch uses; draws negatives from ``rng``."""

    def __init__(self, network: Network, histories: Histories, schedule: Schedule, rng: np.random.Generator) -> None:
        self.network, self.schedule, self.rng = network, schedule, rng
        self.negatives = Negatives(histories)

    def __call__(self, loss: Loss, inputs: Tensor, targets: Tensor) -> Tensor:
        """Mean loss over the positions of a batch; inputs and targets are int64 (n, length), padded with negatives."""
        asked = targets >= 0
        if loss == "full":
            table, states = self._run(None, inputs)
            return full_softmax_loss(states[asked], self.network.targets(table), targets[asked])
        return self._by_rows(loss == "sampled", inputs, asked, targets[asked])

    def _by_rows(self, sampled: bool, inputs: Tensor, asked: Tensor, wanted: Tensor) -> Tensor:
        """Loss against some items; only vectors of these and of the inputs are computed."""
        drawn, expected = wanted, wanted.new_zeros(1, dtype=torch.float32)
        if sampled:
            numbers, logarithms = self.negatives.draw(self.schedule.negatives, self.rng)
            drawn = torch.from_numpy(numbers).to(wanted.device)
            expected = torch.from_numpy(logarithms.astype(np.float32)).to(wanted.device)
        every = torch.cat([inputs.clamp(min=0).flatten(), wanted, drawn])
        rows, places = torch.unique(every, return_inverse=True)
        shown, right, candidates = places.split([inputs.numel(), len(wanted), len(drawn)])
        table, states = self._run(rows, shown.view_as(inputs))
        units = self.network.targets(table)
        same = wanted[:, None] == drawn
        return sampled_softmax_loss(states[asked], units[right], units[candidates], same, expected)

    def _run(self, rows: Tensor | None, inputs: Tensor) -> tuple[Tensor, Tensor]:
        """Vectors of the items ``rows``, or of all items, and the states of the histories."""
        with torch.autocast(inputs.device.type, torch.bfloat16, enabled=self.schedule.bfloat16):
            table = self.network.items(rows)
            return table, self.network.states(inputs, table)
