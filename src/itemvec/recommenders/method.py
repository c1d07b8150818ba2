"""How a network learns and how it scores, for the training loop."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from torch import Tensor

from itemvec.protocol.histories import Histories
from itemvec.recommenders.base import Score
from itemvec.recommenders.batch_loss import Losses
from itemvec.recommenders.schedule import Loss, Schedule

# The loss of a batch: its kind; inputs, targets and their places, int64 of shape (n, length), padded with negatives.
BatchLoss = Callable[[Loss, Tensor, Tensor, Tensor], Tensor]


@dataclass(frozen=True)
class Method:
    """What the training loop asks of a kind.

    losses
        Makes the loss of a batch from the network, the training histories, the schedule and a random generator.
    scorer
        Makes a score function from the network and the most items of a history that it reads.
    """

    losses: Callable[[Any, Histories, Schedule, np.random.Generator], BatchLoss]
    scorer: Callable[[Any, int], Score]


NEXT_ITEM = Method(Losses, lambda network, max_history: network.scorer(max_history))
