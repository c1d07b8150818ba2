"""An item by its id or by its text, never both at once (DenseRec, arXiv 2508.18442)."""

from __future__ import annotations

import torch
from torch import Tensor

from itemvec.recommenders.item_embeddings import IdItems, Items, TextItems


class MixedItems(Items):
    """In training, a draw per item and step decides: text with probability ``p_dense``, else id.

    Afterwards an item has its id vector where training ``knew`` it, bool of shape (n_items,), and its text where not.
    So the adaptor learns to put texts where the ids are.
    """

    knew: Tensor

    def __init__(self, ids: IdItems, text: TextItems, p_dense: float, knew: Tensor) -> None:
        super().__init__()
        self.n_items, self.p_dense, self.ids, self.text = ids.n_items, p_dense, ids, text
        self.register_buffer("knew", knew, persistent=False)

    def forward(self, positions: Tensor | None = None) -> Tensor:
        """Rows, or all."""
        ids, texts = self.ids(positions), self.text(positions)
        if self.training:
            by_id = torch.rand(len(ids), device=ids.device) >= self.p_dense
        else:
            by_id = self.knew if positions is None else self.knew[positions]
        return torch.where(by_id[:, None], ids, texts)
