"""One training loop for the neural recommenders."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from tqdm import tqdm

from itemvec.arrays import Floats
from itemvec.errors import ItemvecError
from itemvec.histories import Histories
from itemvec.machine import torch_device
from itemvec.recommenders.base import Score, Training
from itemvec.recommenders.network import SasRecNetwork
from itemvec.recommenders.softmax import full_softmax_loss
from itemvec.recommenders.windows import epochs

WARM_UP = 0.2  # share of the epochs in which the learning rate grows


@dataclass(frozen=True)
class Schedule:
    """How long and how fast to train."""

    epochs: int
    patience: int
    positions: int
    learning_rate: float
    max_history: int

    def rate(self, progress: float) -> float:
        """Learning rate after the share ``progress`` of all epochs: linear warm-up, then a cosine down to zero."""
        if progress < WARM_UP:
            return self.learning_rate * progress / WARM_UP
        return self.learning_rate * (1 + math.cos(math.pi * (progress - WARM_UP) / (1 - WARM_UP))) / 2


def train(network: SasRecNetwork, training: Training, schedule: Schedule) -> Score:
    """Train on shifted sequences with the full softmax; keep the epoch with the best validation nDCG@10.

    Training ends early after ``patience`` epochs without a better one.
    """
    device = torch_device()
    network.to(device)
    optimizer = torch.optim.AdamW(network.parameters(), lr=schedule.learning_rate, fused=True)
    rng = np.random.default_rng(training.seed)
    best, best_state, waited = -math.inf, network.state_dict(), 0
    passes = epochs(training.histories, schedule.max_history, schedule.positions, rng)
    with tqdm(total=schedule.epochs, desc=f"train, seed {training.seed}", unit="epoch", mininterval=1) as progress:
        for epoch in range(schedule.epochs):
            network.train()
            total = torch.zeros((), device=device)
            for inputs, targets, share in next(passes):
                for group in optimizer.param_groups:
                    group["lr"] = schedule.rate((epoch + share) / schedule.epochs)
                asked, wanted = (torch.from_numpy(part).to(device) for part in (inputs, targets))
                total += _step(network, optimizer, asked, wanted)
            if not torch.isfinite(total):
                raise ItemvecError(f"training diverged in epoch {epoch + 1}; lower learning_rate")
            found = training.validate(scorer(network, schedule.max_history))
            waited = 0 if found > best else waited + 1
            if found > best:
                best, best_state = found, {name: value.clone() for name, value in network.state_dict().items()}
            progress.set_postfix({"validation nDCG@10": f"{found:.4f}", "best": f"{best:.4f}"})
            progress.update()
            if waited >= schedule.patience:
                break
    network.load_state_dict(best_state)
    return scorer(network, schedule.max_history)


def _step(network: SasRecNetwork, optimizer: torch.optim.Optimizer, inputs: Tensor, targets: Tensor) -> Tensor:
    """Train on one batch; its loss."""
    table = network.items()
    asked = targets >= 0
    states = network.states(inputs, table)[asked]  # (n_positions, width)
    loss = full_softmax_loss(states, network.targets(table), targets[asked])
    optimizer.zero_grad()
    loss.backward()  # type: ignore[no-untyped-call]
    optimizer.step()
    return loss.detach()


def scorer(network: SasRecNetwork, max_history: int) -> Score:
    """The network as a score function; the item table is computed once."""
    network.eval()
    with torch.inference_mode():
        table = network.items()
        items = network.targets(table)

    def score(asked: Histories) -> Floats:
        recent = torch.from_numpy(asked.recent(max_history)).to(items.device)
        last = torch.from_numpy(np.clip(asked.lengths, 1, max_history) - 1).to(items.device)
        with torch.inference_mode():
            states = network.states(recent, table)[torch.arange(len(recent), device=items.device), last]
            scores: Floats = (states @ items.T).cpu().numpy()
        return scores

    return score
