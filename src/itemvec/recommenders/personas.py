"""AMP-CF: several personas of a user, of which the candidate decides how much each counts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Literal

from itemvec.core.options import Dim, NaturalFloat, Positive, PositiveFloat, Share
from itemvec.recommenders.base import RECOMMENDERS, Training
from itemvec.recommenders.item_side import ItemSide

if TYPE_CHECKING:
    from itemvec.recommenders.method import Method
    from itemvec.recommenders.persona_network import PersonaNetwork
    from itemvec.recommenders.schedule import Schedule


@RECOMMENDERS.register("personas")
@dataclass(frozen=True, kw_only=True)
class Personas(ItemSide):
    """Several vectors of a user, weighted anew for every candidate (AMP-CF, arXiv 2010.07042).

    Where the paper learns the personas of each user, here learned queries attend over the history, so that users whom
    training does not know have personas too. ``itemvec recommend --explain`` names the persona behind an item.

    Parameters
    ----------
    personas
        Vectors of a user. With one, it is a plain two-tower model.
    attention
        Width of the space in which personas and candidates are compared to weight the personas.
    sharpness
        The cosines there are multiplied by it before the softmax over personas; 1 as published.
    alpha
        How much the likelihood of the next item counts in the loss; the rest is for the two entropies.
    entropy_positive
        How much it counts that one persona alone stands for the right item.
    entropy_negative
        How much it counts that none alone stands for a wrong one.
    recency
        Whether attention over the history also goes by how long ago an item was; the paper has no order.
    similarity
        How a persona is compared with an item: by cosine, or by ``dot``, the inner product, as published.
    temperature
        Cosines are divided by it to give logits; ``similarity: dot`` does not use it.
    negatives
        Number of items drawn for the loss, anew every step; each is corrected for how likely it was.
    """

    personas: Positive = 4
    attention: Dim = 64
    sharpness: PositiveFloat = 1.0
    alpha: Share = 0.5
    entropy_positive: NaturalFloat = 1.0
    entropy_negative: NaturalFloat = 1.0
    recency: bool = True
    similarity: Literal["cosine", "dot"] = "cosine"
    temperature: PositiveFloat = 0.07
    negatives: Positive = 512

    def schedule(self) -> Schedule:
        """The training schedule; items are drawn for the loss whatever the size of the catalogue."""
        return replace(super().schedule(), loss="sampled", negatives=self.negatives)

    def network(self, training: Training) -> PersonaNetwork:
        """Build the item side and the personas."""
        from itemvec.recommenders.persona_network import PersonaNetwork

        return PersonaNetwork(
            self.items(training),
            self.personas,
            self.width,
            self.attention,
            self.sharpness,
            self.temperature if self.similarity == "cosine" else None,
            self.max_history if self.recency else 0,
            self.dropout,
        )

    def method(self) -> Method:
        """The likelihood of the next item and the entropies of the weights of personas."""
        from itemvec.recommenders.method import Method
        from itemvec.recommenders.persona_loss import PersonaLosses
        from itemvec.recommenders.persona_score import PersonaScore

        weights = (self.alpha, self.entropy_positive, self.entropy_negative)
        return Method(partial(PersonaLosses, weights=weights), PersonaScore)
