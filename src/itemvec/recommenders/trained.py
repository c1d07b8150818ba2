"""The base class of the recommenders that are trained by gradients: their options, and their training."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeVar

from itemvec.core.errors import TableError
from itemvec.core.machine import torch_device, training_folder
from itemvec.core.options import Dim, NaturalFloat, Positive, PositiveFloat, Probability
from itemvec.recommenders.base import RECOMMENDERS, Score, Training

if TYPE_CHECKING:
    from itemvec.recommenders.method import Method
    from itemvec.recommenders.schedule import Schedule

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Trained(ABC):
    """What all recommenders share that are trained by gradients: options of their training.

    Parameters
    ----------
    width
        Width of the vectors inside the network.
    dropout
        Share of the activations that is set to zero in training.
    max_history
        How many of the latest interactions of a user the network reads.
    positions
        About how many positions of histories a training step holds. Every position is trained.
    learning_rate
        Learning rate of AdamW.
    weight_decay
        Weight decay of AdamW.
    rate
        How the learning rate goes. ``constant``: after a warm-up of one epoch it stays, and the network that is
        validated and kept has the mean of about the latest tenth of all weights, so that training can end by
        ``patience``. ``plain``: the same rate from the first step to the last, without a mean of weights.
        ``cosine``: it grows for a fifth of ``epochs``, then falls to zero, so that ``epochs`` decides when training
        ends.
    epochs
        Most epochs of training.
    patience
        End training after this many epochs without a better validation nDCG@10.
    precision
        ``bfloat16`` computes the network, not the loss, in half the bits. It is an option and no fact of the
        machine, because its results differ by more than rounding.
    """

    width: Dim = 64
    dropout: Probability = 0.2
    max_history: Positive = 50
    positions: Positive = 800
    learning_rate: PositiveFloat = 0.004
    weight_decay: NaturalFloat = 0.01
    rate: Literal["constant", "plain", "cosine"] = "constant"
    epochs: Positive = 50
    patience: Positive = 3
    precision: Literal["float32", "bfloat16"] = "float32"
    random: ClassVar[bool] = True

    def __post_init__(self) -> None:  # noqa: B027  (kinds add to it)
        """Refuse options that do not fit together."""

    @property
    @abstractmethod
    def needs_vectors(self) -> bool:
        """Whether it uses item vectors."""

    @abstractmethod
    def network(self, training: Training) -> Any:
        """Build the network, a module with ``items``, initialised from torch's random state."""

    def method(self) -> Method:
        """How the network learns and scores; by default each state against the next item."""
        from itemvec.recommenders.method import NEXT_ITEM

        return NEXT_ITEM

    def schedule(self) -> Schedule:
        """The training schedule of these options."""
        from itemvec.recommenders.schedule import Schedule

        return Schedule(
            epochs=self.epochs,
            patience=self.patience,
            positions=self.positions,
            learning_rate=self.learning_rate,
            max_history=self.max_history,
            weight_decay=self.weight_decay,
            rate=self.rate,
            bfloat16=self.precision == "bfloat16",
        )

    def fit(self, training: Training) -> Score:
        """Train with the seed of ``training``; the global random state is restored."""
        return self.seeded(training, self.trained)

    def seeded(self, training: Training, train: Callable[[Training, Path], T]) -> T:
        """Call ``train`` with the seed of ``training`` and the place of its checkpoint."""
        import torch

        from itemvec.recommenders.fingerprint import fingerprint

        kind = RECOMMENDERS.kind_of(self)
        if self.needs_vectors:
            training.text(kind)
        if training.histories.lengths.max(initial=0) < 2:
            raise TableError(f"{kind}: no training history has two interactions, so there is no step to learn from")
        word = fingerprint(kind, self.options(), training, torch_device())
        with torch.random.fork_rng():
            torch.manual_seed(training.seed)
            return train(training, training_folder() / f"{word}.safetensors")

    def trained(self, training: Training, checkpoint: Path) -> Score:
        """Train a new network; torch's random state is that of the seed."""
        from itemvec.recommenders.training import train

        return train(self.network(training), training, self.schedule(), checkpoint, self.method())

    def options(self) -> dict[str, Any]:
        """All options by name."""
        return asdict(self)
