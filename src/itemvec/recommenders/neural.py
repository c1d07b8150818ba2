"""The base class of the neural recommenders: their options, and their training."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from itemvec.core.errors import ParamsError, TableError
from itemvec.core.machine import torch_device, training_folder
from itemvec.core.options import Dim, NaturalFloat, Positive, PositiveFloat, Probability
from itemvec.recommenders.base import RECOMMENDERS, Score, Training

if TYPE_CHECKING:
    from itemvec.recommenders.network import Network
    from itemvec.recommenders.schedule import Schedule

Side = Literal["id", "text", "id+text"]


@dataclass(frozen=True, kw_only=True)
class Neural(ABC):
    """What all recommenders share that are trained by gradients: options of the network and of its training.

    Parameters
    ----------
    width
        Width of the vectors inside the network.
    layers
        Number of layers that read a history.
    dropout
        Share of the activations that is set to zero in training.
    hide
        Share of the items of a history that is blanked in training; the first is never blanked.
    similarity
        How a state is compared with an item: by cosine, or by ``dot``, the inner product.
    temperature
        Cosines are divided by it to give logits; ``similarity: dot`` does not use it.
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
    loss
        What the right item is compared with. ``full``: the whole catalogue. ``sampled``: ``negatives`` items of it,
        drawn anew every step and corrected for how likely each was. ``in-batch``: what the others in the batch
        want. ``auto``: full up to 100,000 items, then sampled.
    negatives
        Number of items drawn for the loss ``sampled``.
    precision
        ``bfloat16`` computes the network, not the loss, in half the bits. It is an option and no fact of the
        machine, because its results differ by more than rounding.
    """

    width: Dim = 64
    layers: Positive = 1
    dropout: Probability = 0.2
    hide: Probability = 0.0
    similarity: Literal["cosine", "dot"] = "cosine"
    temperature: PositiveFloat = 0.07
    max_history: Positive = 50
    positions: Positive = 800
    learning_rate: PositiveFloat = 0.004
    weight_decay: NaturalFloat = 0.01
    rate: Literal["constant", "plain", "cosine"] = "constant"
    epochs: Positive = 50
    patience: Positive = 3
    loss: Literal["auto", "full", "sampled", "in-batch"] = "auto"
    negatives: Positive = 4096
    precision: Literal["float32", "bfloat16"] = "float32"
    random: ClassVar[bool] = True

    def __post_init__(self) -> None:  # noqa: B027  (kinds add to it)
        """Refuse options that do not fit together."""

    @property
    @abstractmethod
    def needs_vectors(self) -> bool:
        """Whether it uses item vectors."""

    @abstractmethod
    def network(self, training: Training) -> Network:
        """Build the network, initialised from torch's random state."""

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
            loss=self.loss,
            negatives=self.negatives,
            bfloat16=self.precision == "bfloat16",
        )

    def fit(self, training: Training) -> Score:
        """Train with the seed of ``training``; the global random state is restored."""
        import torch

        from itemvec.recommenders.fingerprint import fingerprint
        from itemvec.recommenders.training import train

        kind = RECOMMENDERS.kind_of(self)
        if self.needs_vectors:
            training.text(kind)
        if training.histories.lengths.max(initial=0) < 2:
            raise TableError(f"{kind}: no training history has two interactions, so there is no step to learn from")
        word = fingerprint(kind, self.options(), training, torch_device())
        with torch.random.fork_rng():
            torch.manual_seed(training.seed)
            return train(self.network(training), training, self.schedule(), training_folder() / f"{word}.safetensors")

    def compare(self, items: Any, encoder: Any) -> Network:
        """Combine an item side and an encoder of histories into a network."""
        from itemvec.recommenders.network import Network

        return Network(items, encoder, self.temperature if self.similarity == "cosine" else None, self.hide)

    def options(self) -> dict[str, Any]:
        """All options by name."""
        return asdict(self)


@dataclass(frozen=True, kw_only=True)
class Attentive(Neural):
    """Options of a network that reads histories with the causal transformer of SASRec (arXiv 1808.09781).

    Parameters
    ----------
    heads
        Attention heads; it must divide ``width``.
    norm
        ``before``: each part of a block normalises its input. ``after``: it normalises its output, with the input
        added, as in BERT and in RecBole's SASRec.
    inner
        Width of the feed-forward layers; by default twice ``width``.
    attention_dropout
        Share of the attention weights that is set to zero in training.
    """

    heads: Positive = 2
    norm: Literal["before", "after"] = "before"
    inner: Dim | None = None
    attention_dropout: Probability = 0.0

    def __post_init__(self) -> None:
        """Refuse heads that do not divide the width."""
        super().__post_init__()
        if self.width % self.heads:
            kind = RECOMMENDERS.kind_of(self)
            raise ParamsError(f"recommender {kind}: width {self.width} is not a multiple of heads {self.heads}")

    def attend(self, items: Any) -> Network:
        """Build the network: the transformer over an item side."""
        from itemvec.recommenders.transformer import Transformer

        sizes = (self.width, self.max_history, self.layers, self.heads)
        return self.compare(items, Transformer(*sizes, self.dropout, self.norm, self.inner, self.attention_dropout))
