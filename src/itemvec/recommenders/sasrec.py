"""SASRec, a transformer recommender on item ids, on frozen text vectors, or on both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from itemvec.recommenders.base import RECOMMENDERS, Training
from itemvec.recommenders.item_side import ItemSide
from itemvec.recommenders.neural import Attentive

if TYPE_CHECKING:
    from itemvec.recommenders.network import Network


@RECOMMENDERS.register("sasrec")
@dataclass(frozen=True, kw_only=True)
class SasRec(ItemSide, Attentive):
    """A causal transformer over the latest items (arXiv 1808.09781)."""

    def network(self, training: Training) -> Network:
        """Build the item side and the transformer."""
        return self.attend(self.items(training))
