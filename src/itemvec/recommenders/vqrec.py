"""VQ-Rec: an item is the codes of its text, and a code is a learned vector."""

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
    """A transformer over items whose texts are quantised to ``parts`` codes of ``bits`` bits (arXiv 2210.12316).

    A code of a part has a learned vector, and an item is their ``mean``, as published, or with ``pooling: sum`` their
    sum, which a step moves ``parts`` times as far. The published pre-training on other data, and its permutation of
    codes, are left out.
    """

    parts: Positive = 32
    bits: Annotated[int, Ge(1), Le(8)] = 8
    pooling: Literal["mean", "sum"] = "mean"
    layers: Positive = 2
    needs_vectors: ClassVar[bool] = True

    def network(self, training: Training) -> Network:
        """Items, then the transformer."""
        import torch

        from itemvec.recommenders.code_embeddings import CodeItems
        from itemvec.recommenders.opq import opq_codes

        codes = torch.from_numpy(opq_codes(training.text("vqrec"), self.parts, self.bits))
        return self.attend(CodeItems(codes, 1 << self.bits, self.width, self.pooling))
