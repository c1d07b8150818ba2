"""The training schedule of a network: epochs, learning rate and loss."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

WARM_UP = 1  # epochs in which a constant rate grows
WARM_UP_COSINE = 0.2  # share of all epochs in which one that falls grows
LARGE = 100_000  # items; above, a step of full softmax takes seconds, and its gradients gigabytes

Rate = Literal["constant", "plain", "cosine"]
Loss = Literal["auto", "full", "sampled", "in-batch"]


@dataclass(frozen=True)
class Schedule:
    """How long and how fast to train.

    epochs
        At most: with a ``constant`` rate a bound that training should not meet, with ``cosine`` the length of the fall.
    rate
        ``constant`` after a warm-up; what is validated, and kept, is then the running mean of the weights. ``plain``
        is the same from the first step, and the weights count as they are. ``cosine`` falls to zero at the end of the
        epochs.
    loss
        ``full`` compares every state with the whole catalogue, ``sampled`` with ``negatives`` items drawn anew every
        step, ``in-batch`` with what the others of the batch want (the contrast of UniSRec, biased against popular
        items as published); ``auto`` is full up to ``LARGE`` items, then sampled.
    passes
        Passes over the histories in an epoch, after which comes a validation.
    contrastive
        Epochs at the beginning that are trained in-batch whatever ``loss`` is.
    """

    epochs: int
    patience: int
    positions: int
    learning_rate: float
    max_history: int
    weight_decay: float = 0.01
    rate: Rate = "constant"
    loss: Loss = "full"
    negatives: int = 4096
    contrastive: int = 0
    bfloat16: bool = False
    passes: int = 1

    @property
    def averages(self) -> bool:
        """Whether the mean of the weights is what training makes: at a constant rate no single ones have settled."""
        return self.rate == "constant"

    def rate_after(self, progress: float) -> float:
        """Learning rate after ``progress`` epochs: a linear warm-up, then constant or a cosine down to zero."""
        if self.rate == "plain":
            return self.learning_rate
        if self.rate == "constant":
            return self.learning_rate * min(1.0, progress / WARM_UP)
        share = progress / self.epochs
        if share < WARM_UP_COSINE:
            return self.learning_rate * share / WARM_UP_COSINE
        return self.learning_rate * (1 + math.cos(math.pi * (share - WARM_UP_COSINE) / (1 - WARM_UP_COSINE))) / 2

    def loss_in(self, epoch: int, n_items: int) -> Loss:
        """The loss of an epoch, counted from 0."""
        if epoch < self.contrastive:
            return "in-batch"
        if self.loss == "auto":
            return "sampled" if n_items > LARGE else "full"
        return self.loss

    def by_rows(self, n_items: int) -> bool:
        """Whether no step needs the whole item table."""
        return self.loss_in(self.contrastive, n_items) != "full"
