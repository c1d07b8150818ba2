"""GRU4Rec, a recurrent recommender on item ids, on frozen text vectors, or on both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from itemvec.recommenders.base import RECOMMENDERS, Training
from itemvec.recommenders.neural import Neural, Side
from itemvec.recommenders.tabled import Tabled

if TYPE_CHECKING:
    from itemvec.recommenders.network import Network


@RECOMMENDERS.register("gru4rec")
@dataclass(frozen=True, kw_only=True)
class Gru4Rec(Neural, Tabled):
    """Gated recurrent layers over the latest items (arXiv 1511.06939).

    It is trained like ``sasrec``, every position against the catalogue, instead of by the ranking losses of the paper.

    Parameters
    ----------
    item
        What an item is known by: ``id``, ``text`` or ``id+text``, as for ``sasrec``.
    whiten
        Whiten the text vectors first, as for ``sasrec``.
    """

    item: Side
    whiten: bool = False

    def __post_init__(self) -> None:
        self.check_table()

    @property
    def needs_vectors(self) -> bool:
        """Whether it uses item vectors."""
        return self.item != "id"

    def network(self, training: Training) -> Network:
        """Build the item side and the recurrent layers."""
        from itemvec.recommenders.gru import Gru
        from itemvec.recommenders.item_embeddings import items_of

        items = items_of(self.item, training, self.width, self.whiten, self.rows_of(training.histories))
        return self.compare(items, Gru(self.width, self.layers, self.dropout))
