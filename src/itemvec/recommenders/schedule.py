"""How long, how fast, and against what a network is trained."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

WARM_UP = 0.2  # share of the epochs in which the learning rate grows
LARGE = 100_000  # items; above, a step against all of them takes seconds, and their gradients gigabytes

Loss = Literal["auto", "full", "sampled", "in-batch"]


@dataclass(frozen=True)
class Schedule:
    """How long and how fast to train.

    loss
        ``full`` compares every state with the whole catalogue, ``sampled`` with ``negatives`` items drawn anew every
        step, ``in-batch`` with what the others of the batch want (the contrast of UniSRec, biased against popular
        items as published); ``auto`` is full up to ``LARGE`` items, then sampled.
    contrastive
        Epochs at the beginning that are trained in-batch whatever ``loss`` is.
    """

    epochs: int
    patience: int
    positions: int
    learning_rate: float
    max_history: int
    weight_decay: float = 0.01
    loss: Loss = "full"
    negatives: int = 4096
    contrastive: int = 0
    bfloat16: bool = False

    def rate(self, progress: float) -> float:
        """Learning rate after the share ``progress`` of all epochs: linear warm-up, then a cosine down to zero."""
        if progress < WARM_UP:
            return self.learning_rate * progress / WARM_UP
        return self.learning_rate * (1 + math.cos(math.pi * (progress - WARM_UP) / (1 - WARM_UP))) / 2

    def loss_in(self, epoch: int, n_items: int) -> Loss:
        """What an epoch, counted from 0, is trained against."""
        if epoch < self.contrastive:
            return "in-batch"
        if self.loss == "auto":
            return "sampled" if n_items > LARGE else "full"
        return self.loss

    def by_rows(self, n_items: int) -> bool:
        """Whether no step ever needs the whole item table."""
        return self.loss_in(self.contrastive, n_items) != "full"
