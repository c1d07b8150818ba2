"""GRU4Rec, a recurrent recommender on item ids, on frozen text vectors, or on both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from itemvec.core.options import Dim
from itemvec.recommenders.base import RECOMMENDERS, Training
from itemvec.recommenders.item_side import ItemSide
from itemvec.recommenders.neural import Neural

if TYPE_CHECKING:
    from itemvec.recommenders.network import Network


@RECOMMENDERS.register("gru4rec")
@dataclass(frozen=True, kw_only=True)
class Gru4Rec(ItemSide, Neural):
    """Gated recurrent layers over the latest items (arXiv 1511.06939).

    It is trained like ``sasrec``, every position against the catalogue, instead of by the ranking losses of the paper.

    Parameters
    ----------
    inner
        Width of the recurrent layers; by default ``width``.
    form
        ``normalised``: item vectors and states are normalised. ``recbole``: neither is, and the recurrent layers have
        no bias, as in RecBole's GRU4Rec.
    """

    inner: Dim | None = None
    form: Literal["normalised", "recbole"] = "normalised"

    def network(self, training: Training) -> Network:
        """Build the item side and the recurrent layers."""
        from itemvec.recommenders.gru import Gru

        encoder = Gru(self.width, self.layers, self.dropout, self.inner, self.form == "normalised")
        return self.compare(self.items(training), encoder)
