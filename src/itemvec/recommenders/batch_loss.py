"""The training loss of one batch: full, sampled or in-batch softmax."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from itemvec.protocol.histories import Histories
from itemvec.recommenders.network import Network, Predicting, Step
from itemvec.recommenders.sampled_softmax import Negatives, sampled_softmax_loss
from itemvec.recommenders.schedule import Loss, Schedule
from itemvec.recommenders.softmax import full_softmax_loss


class Losses:
    """Computes the loss of a batch, of the kind that the epoch uses; draws negatives from ``rng``."""

    def __init__(self, network: Network, histories: Histories, schedule: Schedule, rng: np.random.Generator) -> None:
        self.network, self.schedule, self.rng = network, schedule, rng
        self.negatives = Negatives(histories)

    def __call__(self, loss: Loss, inputs: Tensor, targets: Tensor, places: Tensor | None = None) -> Tensor:
        """Mean loss over the positions of a batch, padded with negatives.

        Parameters
        ----------
        inputs, targets
            Items, int64 of shape (n, length).
        places
            Which interactions of the histories the targets are, int64 of the same shape.
        """
        asked = targets >= 0
        step = Step(asked, targets[asked], (targets if places is None else places)[asked])
        if loss == "full":
            table, found = self._run(None, inputs, step)
            units = self.network.targets(table)
            compared = full_softmax_loss(found.states, units, _of(step.targets, found)) if len(found.states) else None
        else:
            found, compared = self._by_rows(loss == "sampled", inputs, step)
        if compared is None:  # no target counts
            compared = found.states.sum()
        return compared if found.loss is None else compared + found.loss

    def _by_rows(self, sampled: bool, inputs: Tensor, step: Step) -> tuple[Predicting, Tensor | None]:
        """Loss against some items; only vectors of these and of the inputs are computed."""
        wanted = step.targets
        drawn, expected = wanted, wanted.new_zeros(1, dtype=torch.float32)
        if sampled:
            numbers, logarithms = self.negatives.draw(self.schedule.negatives, self.rng)
            drawn = torch.from_numpy(numbers).to(wanted.device)
            expected = torch.from_numpy(logarithms.astype(np.float32)).to(wanted.device)
        every = torch.cat([inputs.clamp(min=0).flatten(), wanted, drawn])
        rows, places = torch.unique(every, return_inverse=True)
        shown, right, candidates = places.split([inputs.numel(), len(wanted), len(drawn)])
        table, found = self._run(rows, shown.view_as(inputs), step)
        if not len(found.states):
            return found, None
        units = self.network.targets(table)
        same = _of(wanted, found)[:, None] == drawn
        return found, sampled_softmax_loss(found.states, units[_of(right, found)], units[candidates], same, expected)

    def _run(self, rows: Tensor | None, inputs: Tensor, step: Step) -> tuple[Tensor, Predicting]:
        """Vectors of the items ``rows``, or of all items, and the states to compare."""
        with torch.autocast(inputs.device.type, torch.bfloat16, enabled=self.schedule.bfloat16):
            table = self.network.items(rows)
            return table, self.network.predicting(inputs, table, step)


def _of(values: Tensor, found: Predicting) -> Tensor:
    """Of the values of the targets, the one of each state."""
    return values if found.rows is None else values[found.rows]
