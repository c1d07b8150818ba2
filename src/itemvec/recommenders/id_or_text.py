"""Item embeddings that are either the id vector or the text vector of an item (DenseRec, arXiv 2508.18442)."""

from __future__ import annotations

import torch
from torch import Tensor

from itemvec.recommenders.item_embeddings import IdItems, Items, TextItems


class MixedItems(Items):
    """In training, each item of a step is its text with probability ``p_dense``, else its id vector.

    Afterwards, an item has its id vector if training ``knew`` it, bool of shape (n_items,), else its text. So the
    adaptor learns to map texts into the space of the id vectors.
    """

    knew: Tensor

    def __init__(self, ids: IdItems, text: TextItems, p_dense: float, knew: Tensor) -> None:
        super().__init__()
        self.n_items, self.p_dense, self.ids, self.text = ids.n_items, p_dense, ids, text
        self.register_buffer("knew", knew, persistent=False)

    def forward(self, positions: Tensor | None = None) -> Tensor:
        """Vectors of the items at ``positions``, or of all."""
        ids, texts = self.ids(positions), self.text(positions)
        if self.training:
            by_id = torch.rand(len(ids), device=ids.device) >= self.p_dense
        else:
            by_id = self.knew if positions is None else self.knew[positions]
        return torch.where(by_id[:, None], ids, texts)
