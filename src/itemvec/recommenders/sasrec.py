"""SASRec, a transformer recommender on item ids, on frozen text vectors, or on both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from itemvec.recommenders.base import RECOMMENDERS, Training
from itemvec.recommenders.neural import Attentive, Side
from itemvec.recommenders.tabled import Tabled

if TYPE_CHECKING:
    from itemvec.recommenders.network import Network


@RECOMMENDERS.register("sasrec")
@dataclass(frozen=True, kw_only=True)
class SasRec(Attentive, Tabled):
    """A causal transformer over the latest items (arXiv 1808.09781).

    Parameters
    ----------
    item
        What an item is known by. ``id`` learns a vector per item. ``text`` learns a linear adaptor on the item
        vectors, which stay as they are. ``id+text`` adds the two.
    whiten
        Give the text vectors variance 1 in every direction first.
    """

    item: Side
    whiten: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        self.check_table()

    @property
    def needs_vectors(self) -> bool:
        """Whether it uses item vectors."""
        return self.item != "id"

    def network(self, training: Training) -> Network:
        """Build the item side and the transformer."""
        from itemvec.recommenders.item_embeddings import items_of

        return self.attend(items_of(self.item, training, self.width, self.whiten, self.rows_of(training.histories)))
