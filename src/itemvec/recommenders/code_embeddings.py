"""Item embeddings from product-quantisation codes (VQ-Rec, arXiv 2210.12316, section 3.1)."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from itemvec.recommenders.item_embeddings import NORMAL, Items


class CodeItems(Items):
    """The mean or the sum of one learned vector per part and code.

    codes
        int64 of shape (n_items, parts), from 0 to ``choices`` - 1.
    """

    codes: Tensor

    def __init__(self, codes: Tensor, choices: int, width: int, pooling: str) -> None:
        super().__init__()
        self.n_items, self.pooling = len(codes), pooling
        parts = codes.shape[1]
        self.register_buffer("codes", codes + torch.arange(parts) * choices, persistent=False)
        self.vectors = nn.Parameter(torch.randn(parts * choices, width) * NORMAL)

    def forward(self, positions: Tensor | None = None) -> Tensor:
        """Vectors of the items at ``positions``, or of all."""
        codes = self.codes if positions is None else self.codes[positions]
        return functional.embedding_bag(codes, self.vectors, mode=self.pooling)
