"""The base class of recommenders that can begin with weights of other catalogues."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from itemvec.core.errors import ParamsError
from itemvec.core.options import Natural
from itemvec.recommenders.base import RECOMMENDERS, Score, Training
from itemvec.recommenders.neural import Attentive

if TYPE_CHECKING:
    from torch import Tensor, nn

    from itemvec.recommenders.network import Network
    from itemvec.recommenders.pretrained import Pretrained

# Options of the training, and of ids; the others decide what the network computes.
FREE = {"start", "tuning", "dropout", "attention_dropout", "adaptor_dropout", "hide", "positions", "learning_rate"}
FREE |= {"weight_decay", "rate", "epochs", "patience", "loss", "negatives", "precision", "contrastive"}


@dataclass(frozen=True, kw_only=True)
class Transferable(Attentive):
    """Options of a network that knows items by their texts, so that it can read another catalogue.

    Parameters
    ----------
    start
        File of weights to begin with, as ``itemvec pretrain`` writes it: of the same text model and the same options,
        up to those of training. The hash in its name tells its content. By default weights are random.
    epochs
        As for all networks; 0 takes the weights of ``start`` as they are.
    """

    start: str | None = None
    epochs: Natural = 50

    def __post_init__(self) -> None:
        """Refuse a network that is neither trained nor begun with anything."""
        super().__post_init__()
        if not self.epochs and self.start is None:
            kind = RECOMMENDERS.kind_of(self)
            raise ParamsError(f"recommender {kind}: epochs is 0, for which start must name weights")

    @cached_property
    def pretrained(self) -> Pretrained | None:
        """What ``start`` names, read and checked."""
        from itemvec.recommenders.pretrained import Pretrained

        if self.start is None:
            return None
        found = Pretrained.read(Path(self.start), RECOMMENDERS.kind_of(self))
        found.check({name: value for name, value in self.options().items() if name not in FREE})
        return found

    def network(self, training: Training) -> Network:
        """Build the network, and give it the weights of ``start``."""
        network = self.fresh(training)
        if self.pretrained is not None:
            self.pretrained.give(self.shared(network))
        return network

    def taught(self, training: Training) -> tuple[Network, Score]:
        """Train as ``fit`` does, and return the network too."""
        from itemvec.recommenders.training import train

        def both(training: Training, checkpoint: Path) -> tuple[Network, Score]:
            network = self.network(training)
            return network, train(network, training, self.schedule(), checkpoint, self.method())

        return self.seeded(training, both)

    def saved(self, network: Network, training: Training) -> Pretrained:
        """What another catalogue can begin with, of a network that was trained on ``training``."""
        from itemvec.recommenders.pretrained import Pretrained, weights_of

        tensors = weights_of(self.shared(network)) | self.reading(training)
        options = {name: value for name, value in self.options().items() if name not in FREE}
        return Pretrained(RECOMMENDERS.kind_of(self), options, tensors)

    @abstractmethod
    def fresh(self, training: Training) -> Network:
        """Build the network, initialised from torch's random state."""

    @abstractmethod
    def shared(self, network: Network) -> dict[str, nn.Module]:
        """The parts of a network that do not depend on the catalogue."""

    @abstractmethod
    def reading(self, training: Training) -> dict[str, Tensor]:
        """How texts were read in training, beside the weights: what must not be fitted anew on another catalogue."""
