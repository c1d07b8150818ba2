"""VQ-Rec: text vectors are quantised to codes, and an item is the sum or mean of learned code vectors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from annotated_types import Ge, Le

from itemvec.core.options import Positive
from itemvec.recommenders.base import RECOMMENDERS, Training
from itemvec.recommenders.neural import Attentive

if TYPE_CHECKING:
    from itemvec.recommenders.network import Network


@RECOMMENDERS.register("vqrec")
@dataclass(frozen=True, kw_only=True)
class VqRec(Attentive):
    """A transformer over items whose texts are quantised to codes (arXiv 2210.12316).

    Every code of every part has a learned vector. The published pre-training on other data, and its permutation of
    codes, are left out.

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

    def network(self, training: Training) -> Network:
        """Build the item side and the transformer."""
        import torch

        from itemvec.recommenders.code_embeddings import CodeItems
        from itemvec.recommenders.opq import opq_codes

        codes = torch.from_numpy(opq_codes(training.text("vqrec"), self.parts, self.bits))
        return self.attend(CodeItems(codes, 1 << self.bits, self.width, self.pooling))
