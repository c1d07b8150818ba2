"""UniSRec: a transformer on text vectors adapted by a mixture of whitening experts, with or without ids."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from itemvec.core.options import Natural, Positive, Probability
from itemvec.recommenders.base import RECOMMENDERS, Training
from itemvec.recommenders.transferable import Transferable

if TYPE_CHECKING:
    from torch import Tensor, nn

    from itemvec.recommenders.item_embeddings import TextItems
    from itemvec.recommenders.network import Network
    from itemvec.recommenders.schedule import Schedule


@RECOMMENDERS.register("unisrec")
@dataclass(frozen=True, kw_only=True)
class UniSRec(Transferable):
    """A transformer over texts that a mixture of experts whitens and maps (arXiv 2206.05941).

    ``start`` begins with what was learnt on other catalogues. Left out of what is published: the second contrast of
    pre-training (a sequence with an altered version of itself), and that fine-tuning leaves the transformer as it is.

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
        How many of the epochs come first, on the same data: sequence against item, with the negatives of the batch.
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

    def fresh(self, training: Training) -> Network:
        """Build the item side and the transformer."""
        from itemvec.recommenders.item_embeddings import IdItems, SumItems

        text = self._text(training)
        if self.tuning == "inductive":
            return self.attend(text)
        return self.attend(SumItems(IdItems(training.histories.n_items, self.width), text))

    def shared(self, network: Network) -> dict[str, nn.Module]:
        """The transformer, and the experts that map texts."""
        items: Any = network.items
        text = items if self.tuning == "inductive" else items.sides[1]
        return {"encoder": network.encoder, "adaptor": text.adaptor}

    def reading(self, training: Training) -> dict[str, Tensor]:
        """Mean and scale that standardised the texts."""
        from itemvec.recommenders.item_embeddings import standards

        mean, scale = self._standards() or standards(training.text("unisrec"))
        return {"text.mean": mean, "text.scale": scale} if self.standardise else {}

    def _standards(self) -> tuple[Tensor, Tensor] | None:
        """Those of ``start``."""
        if self.pretrained is None or not self.standardise:
            return None
        return self.pretrained.tensors["text.mean"], self.pretrained.tensors["text.scale"]

    def _text(self, training: Training) -> TextItems:
        from itemvec.recommenders.item_embeddings import TextItems, as_they_are, standardised
        from itemvec.recommenders.whitening_experts import Experts

        vectors = training.text("unisrec")
        adaptor = Experts(vectors.shape[1], self.width, self.experts, self.adaptor_dropout)
        text = standardised(vectors, by=self._standards()) if self.standardise else as_they_are(vectors)
        return TextItems(text, adaptor)
