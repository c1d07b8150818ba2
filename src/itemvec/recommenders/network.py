"""The network of the neural recommenders: an item side and an encoder of histories, compared by inner products."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from itemvec.core.arrays import Floats
from itemvec.protocol.histories import Histories
from itemvec.recommenders.base import Score
from itemvec.recommenders.item_embeddings import Items

USERS = 128  # that are read at a time


class Step(NamedTuple):
    """What a training step asks for.

    asked
        Positions that have a target, bool of shape (n, length).
    targets
        The items that are right there, int64 of shape (n_asked,).
    places
        Which interactions of the training histories these are, int64 of shape (n_asked,).
    """

    asked: Tensor
    targets: Tensor
    places: Tensor


class Predicting(NamedTuple):
    """States to compare with items.

    states
        float32 of shape (n, width).
    rows
        The target of each, as its place among those asked for, int64 of shape (n,); None where they are the same.
    loss
        Added to the loss of the comparison.
    """

    states: Tensor
    rows: Tensor | None = None
    loss: Tensor | None = None


class Network(nn.Module):
    """Logits between states of histories and items: cosines over ``temperature``, or inner products where it is None.

    Cosine keeps popular items from getting long vectors, and gives text and id tables the same scale at the start. In
    training, the share ``hide`` of the input items, except the first, is masked, so that no single item is relied on.
    """

    def __init__(self, items: Items, encoder: nn.Module, temperature: float | None, hide: float = 0.0) -> None:
        super().__init__()
        self.items, self.encoder, self.temperature, self.hide = items, encoder, temperature, hide

    def states(self, histories: Tensor, table: Tensor) -> Tensor:
        """The state after each item of a history, which predicts the next item.

        Parameters and return value are those of ``read``; for cosines, states have length 1 / temperature.
        """
        return self.scaled(self.read(histories, table))

    def read(self, histories: Tensor, table: Tensor) -> Tensor:
        """What the encoder says after each item of a history.

        Parameters
        ----------
        histories
            Rows of ``table``, oldest first, int64 of shape (n, length), padded with negatives at the end.
        table
            Item vectors, float32 of shape (n_items, width), or those of them that ``histories`` names.

        Returns
        -------
        float32 of shape (n, length, width).
        """
        states: Tensor = self.encoder(self.inputs(histories, table)).float()
        return states

    def inputs(self, histories: Tensor, table: Tensor) -> Tensor:
        """The vectors of the items of histories; in training some are blanked."""
        vectors = functional.embedding(histories.clamp(min=0), table)
        if self.training and self.hide:
            shown = torch.rand(histories.shape, device=vectors.device) >= self.hide
            shown[:, 0] = True
            vectors = vectors * shown[..., None]
        return vectors

    def predicting(self, histories: Tensor, table: Tensor, step: Step) -> Predicting:
        """The states that a training step compares with its targets: here, one for each target."""
        return Predicting(self.states(histories, table)[step.asked])

    def scorer(self, max_history: int) -> Score:
        """Make the score function of the network as it is now."""
        return scorer(self, max_history)

    def final(self, asked: Histories, max_history: int, table: Tensor) -> Tensor:
        """The state after each history, float32 of shape (n_users, width); ``table`` is that of all items."""
        return final_states(self.states, asked, max_history, table)

    def scaled(self, states: Tensor) -> Tensor:
        """States as they are compared with items."""
        return states if self.temperature is None else functional.normalize(states, dim=-1) / self.temperature

    def targets(self, table: Tensor) -> Tensor:
        """Item vectors to compare states with: those of ``table``, for cosines of unit length."""
        return table.float() if self.temperature is None else functional.normalize(table.float(), dim=-1)


def scorer(network: Network, max_history: int) -> Score:
    """Make a score function of the network; the item table is computed once."""
    network.eval()
    table = network.items.table()
    with torch.inference_mode():
        items = network.targets(table)

    def score(asked: Histories) -> Floats:
        states = network.final(asked, max_history, table)
        with torch.inference_mode():
            scores: Floats = (states @ items.T).cpu().numpy()
        return scores

    return score


def final_states(read: Callable[[Tensor, Tensor], Tensor], asked: Histories, max_history: int, table: Tensor) -> Tensor:
    """The state after each history, float32 of shape (n_users, width); ``read`` gives those after every item."""

    def final(shown: Tensor, last: Tensor) -> Tensor:
        return read(shown, table)[torch.arange(len(last), device=last.device), last]

    return in_blocks(final, asked, max_history, table.new_empty(len(asked), table.shape[1], dtype=torch.float32))


def in_blocks(final: Callable[[Tensor, Tensor], Tensor], asked: Histories, max_history: int, states: Tensor) -> Tensor:
    """Fill ``states``, (n_users, width), block by block.

    ``final`` gives the states after the items at places ``last``, int64 of shape (n,), of histories, (n, length).
    """
    recent = torch.from_numpy(asked.recent(max_history)).to(states.device)
    lengths = np.clip(asked.lengths, 1, max_history)
    last = torch.from_numpy(lengths - 1).to(states.device)
    order = np.argsort(lengths, kind="stable")  # histories of like length together spare the padding
    with torch.inference_mode():
        for start in range(0, len(order), USERS):
            rows = torch.from_numpy(order[start : start + USERS]).to(states.device)
            states[rows] = final(recent[rows, : last[rows[-1]] + 1], last[rows])
    return states
