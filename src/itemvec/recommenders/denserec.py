"""DenseRec: SASRec with id vectors for items in training, and text vectors for new items."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, ClassVar

from annotated_types import Ge, Le

from itemvec.recommenders.base import RECOMMENDERS, Training
from itemvec.recommenders.neural import Attentive

if TYPE_CHECKING:
    from itemvec.recommenders.item_embeddings import Items
    from itemvec.recommenders.network import Network


@RECOMMENDERS.register("denserec")
@dataclass(frozen=True, kw_only=True)
class DenseRec(Attentive):
    """SASRec that in training takes an item by its id vector, or at random by its projected text (arXiv 2508.18442).

    Afterwards an item that occurs in training has its id vector, another its text. The draw is made once per item and
    step.

    Parameters
    ----------
    p_dense
        How likely an item is taken by its text. 0 is ``sasrec`` on ids and 1 on texts: then only one of the two is
        trained.
    whiten
        Whiten the text vectors first, as for ``sasrec``.
    """

    p_dense: Annotated[float, Ge(0), Le(1)] = 0.5
    whiten: bool = False
    needs_vectors: ClassVar[bool] = True

    def network(self, training: Training) -> Network:
        """Build the item side and the transformer."""
        return self.attend(self._items(training))

    def _items(self, training: Training) -> Items:
        import numpy as np
        import torch

        from itemvec.recommenders.id_or_text import MixedItems
        from itemvec.recommenders.item_embeddings import IdItems, items_of, linear_text

        histories, vectors = training.histories, training.text("denserec")
        if self.p_dense in (0, 1):
            return items_of("text" if self.p_dense else "id", training, self.width, self.whiten)
        knew = torch.from_numpy(np.bincount(histories.items, minlength=histories.n_items) > 0)
        ids, text = IdItems(histories.n_items, self.width), linear_text(vectors, self.width, self.whiten)
        return MixedItems(ids, text, self.p_dense, knew)
