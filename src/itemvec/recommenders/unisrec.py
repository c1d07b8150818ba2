"""UniSRec: a transformer on text vectors adapted by a mixture of whitening experts, with or without ids."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar, Literal

from itemvec.core.options import Natural, Positive, Probability
from itemvec.recommenders.base import RECOMMENDERS, Training
from itemvec.recommenders.neural import Attentive

if TYPE_CHECKING:
    from itemvec.recommenders.item_embeddings import Items
    from itemvec.recommenders.network import Network
    from itemvec.recommenders.schedule import Schedule


@RECOMMENDERS.register("unisrec")
@dataclass(frozen=True, kw_only=True)
class UniSRec(Attentive):
    """A transformer over texts that a mixture of experts whitens and maps (arXiv 2206.05941).

    Left out of what is published: pre-training on other data, its second contrast (a sequence with an altered version
    of itself), and that fine-tuning leaves the transformer as it is.

    Parameters
    ----------
    tuning
        ``inductive`` knows items by their texts alone. ``transductive`` adds a learned vector per item.
    experts
        Number of experts in the mixture.
    adaptor_dropout
        Share of the activations of the mixture that is set to zero in training.
    standardise
        Give the text vectors mean 0 and a root mean square of 1 first; ``false`` takes them as they are, as published.
    contrastive
        How many of the epochs come first as pre-training: sequence against item, with the negatives of the batch.
        The rest is fine-tuning by ``loss``; only there does ``patience`` count, and only there is the best epoch
        chosen.
    """

    tuning: Literal["inductive", "transductive"] = "inductive"
    layers: Positive = 2
    experts: Positive = 8
    adaptor_dropout: Probability = 0.2
    standardise: bool = True
    contrastive: Natural = 0
    needs_vectors: ClassVar[bool] = True

    def schedule(self) -> Schedule:
        """The schedule, with contrastive epochs first."""
        return replace(super().schedule(), contrastive=self.contrastive)

    def network(self, training: Training) -> Network:
        """Build the item side and the transformer."""
        return self.attend(self._items(training))

    def _items(self, training: Training) -> Items:
        from itemvec.recommenders.item_embeddings import IdItems, SumItems, TextItems, as_they_are, standardised
        from itemvec.recommenders.whitening_experts import Experts

        vectors = training.text("unisrec")
        adaptor = Experts(vectors.shape[1], self.width, self.experts, self.adaptor_dropout)
        text = TextItems(standardised(vectors) if self.standardise else as_they_are(vectors), adaptor)
        if self.tuning == "inductive":
            return text
        return SumItems(IdItems(training.histories.n_items, self.width), text)
