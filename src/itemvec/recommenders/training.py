"""The training loop of the neural recommenders, with early stopping and checkpoints."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from itemvec.core.errors import ItemvecError
from itemvec.core.machine import torch_device
from itemvec.core.progress import progress, say
from itemvec.recommenders.base import Score, Training
from itemvec.recommenders.item_embeddings import IdItems
from itemvec.recommenders.method import NEXT_ITEM, BatchLoss, Method
from itemvec.recommenders.schedule import Schedule
from itemvec.recommenders.training_checkpoint import State
from itemvec.recommenders.training_windows import Batch, epochs

SECONDS = 30.0  # of training, between two checkpoints
KEPT = 30 * 86_400  # seconds, after which checkpoints of abandoned trainings are removed


def train(network: Any, training: Training, schedule: Schedule, checkpoint: Path, method: Method = NEXT_ITEM) -> Score:
    """Train on shifted sequences; keep the epoch with the best validation nDCG@10.

    Training ends after ``patience`` epochs without a better one; ``epochs`` is a bound. Contrastive epochs count for
    neither, unless there are no others. At a constant rate the mean of the weights is validated and kept; it begins
    anew after contrastive epochs. Training goes on from ``checkpoint`` where an earlier call was cut off, and comes to
    the same result; the file is gone when training is done.
    """
    network.to(torch_device())
    optimizers = _optimizers(network, schedule)
    rng = np.random.default_rng(training.seed)
    losses = method.losses(network, training.histories, schedule, rng)
    state = State(network, optimizers, rng, schedule.contrastive)
    if checkpoint.exists():
        _resume(state, checkpoint, training, schedule, method)
    passes = epochs(training.histories, schedule.max_history, schedule.positions, rng)
    saved = time.monotonic()
    with progress(schedule.epochs, f"train, seed {training.seed}", "epochs", state.epoch) as shown:
        while state.epoch < schedule.epochs and state.waited < schedule.patience:
            _train_epoch(state, passes, losses, schedule)
            with state.average.in_use():
                state.note(training.validate(method.scorer(network, schedule.max_history)))
            if time.monotonic() - saved > SECONDS:
                state.save(checkpoint)
                _forget(checkpoint.parent)
                saved = time.monotonic()
            shown.note(f"nDCG@10 {state.found:.4f}, best {state.best:.4f}")
            shown.update()
    training.curve[:] = state.curve
    network.load_state_dict(state.best_weights)
    checkpoint.unlink(missing_ok=True)
    return method.scorer(network, schedule.max_history)


def _train_epoch(state: State, passes: Iterator[Iterator[Batch]], losses: BatchLoss, schedule: Schedule) -> None:
    """Every batch of an epoch once; at a constant rate the weights go into their mean."""
    state.network.train()
    if state.epoch == schedule.contrastive:
        state.average.restart()
    device = torch_device()
    loss = schedule.loss_in(state.epoch, state.network.items.n_items)
    total = torch.zeros((), device=device)
    for number in range(schedule.passes):
        for batch in next(passes):
            done = state.epoch + (number + batch.share) / schedule.passes
            _set_rate(state.optimizers, schedule.rate_after(done))
            inputs, targets, places = (torch.from_numpy(part).to(device) for part in batch[:3])
            total += _step(state.optimizers, losses(loss, inputs, targets, places))
            if schedule.averages:
                state.average.add(done)
    if not torch.isfinite(total):
        raise ItemvecError(f"training diverged in epoch {state.epoch + 1}; lower learning_rate")


def _resume(state: State, checkpoint: Path, training: Training, schedule: Schedule, method: Method) -> None:
    """Continue from a checkpoint; raise if its validation metric has changed, since it then belongs to other data."""
    if not state.load(checkpoint):
        say(f"{checkpoint}: has other bytes than were written, or is of an earlier release; training anew")
        return
    with state.average.in_use():
        found = training.validate(method.scorer(state.network, schedule.max_history))
    if abs(found - state.found) > 1e-4:  # another number of threads can change it by less
        raise ItemvecError(
            f"{checkpoint}: validation nDCG@10 was {state.found:.6f} there and is {found:.6f} now, so the part "
            "that validates has changed; remove the file to train anew"
        )


def _forget(folder: Path) -> None:
    """Remove old checkpoints of trainings that were killed and not continued."""
    for path in folder.iterdir():
        with suppress(FileNotFoundError):  # another process may remove it too
            if time.time() - path.stat().st_mtime > KEPT:
                path.unlink()


def _optimizers(network: Any, schedule: Schedule) -> list[torch.optim.Optimizer]:
    """AdamW; if no step needs the whole table, also SparseAdam without decay for the id vectors.

    So the cost of a step depends only on the items in it. Adam would update and decay all rows in every step.
    """
    sparse: list[Tensor] = []
    if schedule.by_rows(network.items.n_items) and not schedule.contrastive:
        for side in network.modules():
            if isinstance(side, IdItems):
                side.sparse = True
                sparse.append(side.vectors)
    ids = {id(one) for one in sparse}
    dense = [one for one in network.parameters() if id(one) not in ids]
    found: list[torch.optim.Optimizer] = [
        torch.optim.AdamW(dense, lr=schedule.learning_rate, weight_decay=schedule.weight_decay, fused=True)
    ]
    if sparse:
        found.append(torch.optim.SparseAdam(sparse, lr=schedule.learning_rate))
    return found


def _set_rate(optimizers: list[torch.optim.Optimizer], rate: float) -> None:
    for optimizer in optimizers:
        for group in optimizer.param_groups:
            group["lr"] = rate


def _step(optimizers: list[torch.optim.Optimizer], loss: Tensor) -> Tensor:
    """Take one optimiser step on the loss of a batch; return the loss."""
    for optimizer in optimizers:
        optimizer.zero_grad()
    loss.backward()  # type: ignore[no-untyped-call]
    for optimizer in optimizers:
        optimizer.step()
    return loss.detach()
