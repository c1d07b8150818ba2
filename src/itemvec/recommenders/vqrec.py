"""VQ-Rec: text vectors are quantised to codes, and an item is the sum or mean of learned code vectors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from annotated_types import Ge, Le

from itemvec.core.errors import ParamsError
from itemvec.core.options import Positive
from itemvec.recommenders.base import RECOMMENDERS, Training
from itemvec.recommenders.transferable import Transferable

if TYPE_CHECKING:
    from torch import Tensor, nn

    from itemvec.recommenders.network import Network
    from itemvec.recommenders.opq import Quantizer


@RECOMMENDERS.register("vqrec")
@dataclass(frozen=True, kw_only=True)
class VqRec(Transferable):
    """A transformer over items whose texts are quantised to codes (arXiv 2210.12316).

    Every code of every part has a learned vector. ``start`` begins with those of other catalogues, and with their
    quantiser, so that a code keeps its meaning; the published permutation of codes, for a quantiser that is fitted
    anew, is left out.

    Parameters
    ----------
    parts
        Number of codes for each item; at most the width of the vectors.
    bits
        Bits of a code: each part has 2^bits codes.
    pooling
        An item is the ``mean`` of the vectors of its codes, as published, or their ``sum``, which a training step
        moves ``parts`` times as far.
    """

    parts: Positive = 32
    bits: Annotated[int, Ge(1), Le(8)] = 8
    pooling: Literal["mean", "sum"] = "mean"
    layers: Positive = 2
    needs_vectors: ClassVar[bool] = True

    def fresh(self, training: Training) -> Network:
        """Build the item side and the transformer."""
        import torch

        from itemvec.recommenders.code_embeddings import CodeItems

        codes = torch.from_numpy(self._quantizer(training).codes(training.text("vqrec")))
        return self.attend(CodeItems(codes, 1 << self.bits, self.width, self.pooling))

    def shared(self, network: Network) -> dict[str, nn.Module]:
        """The transformer, and the vectors of codes."""
        return {"encoder": network.encoder, "codes": network.items}

    def reading(self, training: Training) -> dict[str, Tensor]:
        """The quantiser."""
        import torch

        found = self._quantizer(training)
        return {f"quantizer.{name}": torch.from_numpy(one) for name, one in vars(found).items()}

    def _quantizer(self, training: Training) -> Quantizer:
        """That of ``start``, else one that is fitted on the catalogue."""
        from itemvec.recommenders.opq import Quantizer, opq

        vectors = training.text("vqrec")
        if self.pretrained is None:
            return opq(vectors, self.parts, self.bits)
        found = Quantizer(*(self.pretrained.tensors[f"quantizer.{name}"].numpy() for name in ("rotation", "centroids")))
        if vectors.shape[1] != len(found.rotation):
            raise ParamsError(
                f"recommender vqrec: start is of vectors of {len(found.rotation)} numbers, and these have "
                f"{vectors.shape[1]}; take the text model of pre-training"
            )
        return found
