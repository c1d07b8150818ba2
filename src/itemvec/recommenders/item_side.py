"""Options of the item side of a network: ids, texts or both, and how texts become items."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from itemvec.core.errors import ParamsError
from itemvec.core.options import Dim, Probability
from itemvec.recommenders.base import RECOMMENDERS, Training
from itemvec.recommenders.tabled import Tabled
from itemvec.recommenders.trained import Trained

if TYPE_CHECKING:
    from itemvec.recommenders.item_embeddings import Items


@dataclass(frozen=True, kw_only=True)
class ItemSide(Trained, Tabled):
    """Options of what an item is known by.

    Parameters
    ----------
    item
        What an item is known by. ``id`` learns a vector per item. ``text`` learns an adaptor on the item vectors, which
        stay as they are. ``id+text`` adds the two.
    whiten
        Give the text vectors variance 1 in every direction first.
    standardise
        Give the text vectors mean 0, and a root mean square of 1 over all numbers. ``false`` takes them as they are, as
        the code of arXiv 2507.05006 does.
    adaptor
        Widths of hidden layers of the adaptor, with ReLU between layers; by default it is one linear map.
    adaptor_dropout
        Share of the input of every layer of the adaptor that is set to zero in training.
    """

    item: Literal["id", "text", "id+text"]
    whiten: bool = False
    standardise: bool = True
    adaptor: list[Dim] = field(default_factory=list)
    adaptor_dropout: Probability = 0.0

    def __post_init__(self) -> None:
        super().__post_init__()
        self.check_table()
        if self.whiten and not self.standardise:
            kind = RECOMMENDERS.kind_of(self)
            raise ParamsError(f"recommender {kind}: whiten needs standardise; leave out one of the two")

    @property
    def needs_vectors(self) -> bool:
        """Whether it uses item vectors."""
        return self.item != "id"

    def items(self, training: Training) -> Items:
        """Build the item side."""
        from itemvec.recommenders.item_embeddings import (
            TextItems,
            adaptor_of,
            as_they_are,
            id_items,
            joined,
            standardised,
        )

        histories, ids = training.histories, None
        if "id" in self.item:
            ids = id_items(histories.n_items, self.width, self.rows_of(histories))
        if "text" not in self.item:
            return joined(ids)
        vectors = training.text(f"item: {self.item}")
        text = standardised(vectors, self.whiten) if self.standardise else as_they_are(vectors)
        adaptor = adaptor_of(vectors.shape[1], self.width, self.adaptor, self.adaptor_dropout)
        return joined(ids, TextItems(text, adaptor))
