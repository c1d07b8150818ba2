"""The base class of the recommenders that compare states of histories with items: their options."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from itemvec.core.errors import ParamsError
from itemvec.core.options import Dim, Positive, PositiveFloat, Probability
from itemvec.recommenders.base import RECOMMENDERS
from itemvec.recommenders.trained import Trained

if TYPE_CHECKING:
    from itemvec.recommenders.network import Network
    from itemvec.recommenders.schedule import Schedule


@dataclass(frozen=True, kw_only=True)
class Neural(Trained):
    """What the recommenders share that compare a state of the history with items.

    Parameters
    ----------
    layers
        Number of layers that read a history.
    hide
        Share of the items of a history that is blanked in training; the first is never blanked.
    similarity
        How a state is compared with an item: by cosine, or by ``dot``, the inner product.
    temperature
        Cosines are divided by it to give logits; ``similarity: dot`` does not use it.
    loss
        What the right item is compared with. ``full``: the whole catalogue. ``sampled``: ``negatives`` items of it,
        drawn anew every step and corrected for how likely each was. ``in-batch``: what the others in the batch
        want. ``auto``: full up to 100,000 items, then sampled.
    negatives
        Number of items drawn for the loss ``sampled``.
    """

    layers: Positive = 1
    hide: Probability = 0.0
    similarity: Literal["cosine", "dot"] = "cosine"
    temperature: PositiveFloat = 0.07
    loss: Literal["auto", "full", "sampled", "in-batch"] = "auto"
    negatives: Positive = 4096

    def schedule(self) -> Schedule:
        """The training schedule of these options."""
        return replace(super().schedule(), loss=self.loss, negatives=self.negatives)

    def compare(self, items: Any, encoder: Any) -> Network:
        """Combine an item side and an encoder of histories into a network."""
        from itemvec.recommenders.network import Network

        return Network(items, encoder, self.temperature if self.similarity == "cosine" else None, self.hide)


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
