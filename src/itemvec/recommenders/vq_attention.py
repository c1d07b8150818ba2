"""Attention over long histories, with keys quantised to codewords of the item texts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from annotated_types import Ge, Le

from itemvec.core.errors import ParamsError
from itemvec.core.options import Positive
from itemvec.recommenders.base import RECOMMENDERS, Training
from itemvec.recommenders.item_side import ItemSide
from itemvec.recommenders.neural import Neural

if TYPE_CHECKING:
    from itemvec.recommenders.network import Network


@RECOMMENDERS.register("vq-attention")
@dataclass(frozen=True, kw_only=True)
class VqAttention(ItemSide, Neural):
    """Attention over a whole history, whose keys are quantised and whose values are not (VQL, arXiv 2508.17125).

    The latest item asks, and attends over all events by their codewords. So a user is kept as sums per codeword, whose
    size does not depend on the history, and an event changes one of them. In the source a candidate asks, to predict a
    click; here the state is compared with all items, as in ``sasrec``. Codewords are held: k-means of the item texts,
    without the straight-through training of the source.

    Parameters
    ----------
    codewords
        Codewords of each group; an item has one per group. No more than there are distinct texts are used.
    groups
        Groups of the text vectors' principal axes with a codebook each; as many parts of the heads attend by each.
    heads
        Attention heads; a multiple of ``groups`` that divides ``width``. Each learns by itself how soon events lose
        weight.
    """

    item: Literal["id", "text", "id+text"] = "text"
    max_history: Positive = 2048
    codewords: Annotated[int, Ge(1), Le(65_536)] = 256
    groups: Positive = 1
    heads: Positive = 2
    needs_vectors: ClassVar[bool] = True

    def __post_init__(self) -> None:
        """Refuse heads that divide the width, or groups the heads, with a rest."""
        super().__post_init__()
        for name, whole, part, number in (
            ("width", self.width, "heads", self.heads),
            ("heads", self.heads, "groups", self.groups),
        ):
            if whole % number:
                raise ParamsError(f"recommender vq-attention: {name} {whole} is not a multiple of {part} {number}")

    def network(self, training: Training) -> Network:
        """Build the item side with its keys, and the hops."""
        from itemvec.recommenders.codebook import codebook
        from itemvec.recommenders.item_embeddings import standardised
        from itemvec.recommenders.quantised_attention import Hops, KeyedItems, QuantisedNetwork

        vectors = training.text("vq-attention")
        if self.groups > vectors.shape[1]:
            raise ParamsError(
                f"vq-attention: vectors of {vectors.shape[1]} numbers cannot be cut into {self.groups} groups; set "
                "groups lower"
            )
        book = codebook(standardised(vectors).numpy(), self.groups, self.codewords, training.seed)
        items = KeyedItems(self.items(training), book, self.width)
        hops = Hops(self.width, self.layers, self.heads, self.dropout)
        return QuantisedNetwork(items, hops, self.temperature if self.similarity == "cosine" else None, self.hide)
