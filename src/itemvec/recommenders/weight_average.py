"""The running mean of a network's weights, which is less noisy than the weights of any one step."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn

RECENT = 8  # the eta of the source: the larger, the fewer of the latest weights make the mean
A_PASS = 32  # how often in an epoch weights go into the mean, at most: often enough, and cheap for large tables


class WeightAverage:
    """Polynomial-decay average of the parameters of ``network`` (Shamir and Zhang, arXiv 1212.1824).

    It is made of about the latest tenth of all weights so far. So it grows with training, and has no option that data
    of another size would need set anew.
    """

    def __init__(self, network: nn.Module) -> None:
        self.count, self._tick = 0, -1
        self.parameters = list(network.parameters())
        self.values: list[Tensor] = [parameter.detach().clone() for parameter in self.parameters]

    @torch.no_grad()
    def add(self, progress: float) -> None:
        """Take the weights into the mean after ``progress`` epochs, unless it was done a moment ago."""
        tick = int(progress * A_PASS)
        if tick == self._tick:
            return
        self.count, self._tick = self.count + 1, tick
        share = (RECENT + 1) / (self.count + RECENT)  # 1 for the first
        for value, parameter in zip(self.values, self.parameters, strict=True):
            value.lerp_(parameter, share)

    def restart(self) -> None:
        """Forget all weights that went in."""
        self.count = 0

    @contextmanager
    def in_use(self) -> Iterator[None]:
        """Within it the network has the mean as its weights, or, before the first ``add``, its own."""
        swapped = self.count > 0
        if swapped:
            self._swap()
        try:
            yield
        finally:
            if swapped:
                self._swap()

    def _swap(self) -> None:
        for number, parameter in enumerate(self.parameters):
            parameter.data, self.values[number] = self.values[number], parameter.data
