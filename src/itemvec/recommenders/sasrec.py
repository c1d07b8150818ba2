"""SASRec, on item ids or on frozen text vectors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from itemvec.errors import ParamsError, TableError
from itemvec.options import Positive, PositiveFloat, Probability
from itemvec.recommenders.base import RECOMMENDERS, Score, Training


@RECOMMENDERS.register("sasrec")
@dataclass(frozen=True)
class SasRec:
    """A causal transformer over the last ``max_history`` items (arXiv 1808.09781).

    ``item: id`` learns a vector per item; ``item: text`` learns a linear adaptor on the item vectors, which stay as
    they are. Every position is trained on the whole catalogue, about ``positions`` of them a step; training ends after
    ``epochs``, or after ``patience`` of them without a better validation nDCG@10.
    """

    item: Literal["id", "text"]
    width: Positive = 64
    layers: Positive = 1
    heads: Positive = 2
    dropout: Probability = 0.2
    temperature: PositiveFloat = 0.07
    max_history: Positive = 50
    positions: Positive = 1600
    learning_rate: PositiveFloat = 0.004
    epochs: Positive = 6
    patience: Positive = 3
    random: ClassVar[bool] = True

    @property
    def needs_vectors(self) -> bool:
        """Whether it learns from texts."""
        return self.item == "text"

    def __post_init__(self) -> None:
        if self.width % self.heads:
            raise ParamsError(f"recommender sasrec: width {self.width} is not a multiple of heads {self.heads}")

    def fit(self, training: Training) -> Score:
        """Train with the seed of ``training``, leaving the global random state as it was."""
        import torch

        if training.histories.lengths.max(initial=0) < 2:
            raise TableError("sasrec: no training history has two interactions, so there is no step to learn from")
        from itemvec.recommenders.network import IdItems, SasRecNetwork, TextItems
        from itemvec.recommenders.training import Schedule, train

        schedule = Schedule(self.epochs, self.patience, self.positions, self.learning_rate, self.max_history)
        with torch.random.fork_rng():
            torch.manual_seed(training.seed)
            if self.item == "id":
                items: torch.nn.Module = IdItems(training.histories.n_items, self.width)
            else:
                items = TextItems(training.text("sasrec"), self.width)
            network = SasRecNetwork(
                items, self.width, self.max_history, self.layers, self.heads, self.dropout, self.temperature
            )
            return train(network, training, schedule)
