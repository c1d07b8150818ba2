"""Item embeddings of the neural recommenders: learned id vectors, text vectors, or both."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from itemvec.core.arrays import Floats, Ints
from itemvec.core.errors import ParamsError
from itemvec.recommenders.base import Training

NORMAL = 0.02  # standard deviation of fresh embeddings
ROWS = 1 << 16  # rows of a table computed at a time when no gradient is needed


class Items(nn.Module):
    """The item side of a network: it computes the vectors that a step needs, or all of them.

    ``forward(positions)`` gives float32 of shape (n, width) for positions, int64 of shape (n,), or the whole table of
    shape (n_items, width) for None.
    """

    n_items: int

    @torch.inference_mode()
    def table(self) -> Tensor:
        """The whole table, float32 of shape (n_items, width), computed in blocks, and held once, to save memory."""
        device = next(self.parameters()).device
        table = torch.empty(0)
        for start in range(0, self.n_items, ROWS):
            block: Tensor = self(torch.arange(start, min(start + ROWS, self.n_items), device=device))
            if len(block) == self.n_items:
                return block
            table = table if start else block.new_empty(self.n_items, block.shape[1])
            table[start : start + len(block)] = block
        return table


class IdItems(Items):
    """One learned vector per item.

    With ``sparse``, the gradient of a step holds only the rows that were used.
    """

    def __init__(self, n_items: int, width: int) -> None:
        super().__init__()
        self.n_items, self.sparse = n_items, False
        self.vectors = nn.Parameter(torch.randn(n_items, width) * NORMAL)

    def forward(self, positions: Tensor | None = None) -> Tensor:
        """Rows, or all."""
        return self.vectors if positions is None else functional.embedding(positions, self.vectors, sparse=self.sparse)


class TableItems(IdItems):
    """Learned vectors in a table of bounded size.

    Parameters
    ----------
    rows
        Row of each item, int64 of shape (n_items,); several items may have the same.
    n_rows
        Rows of the table.
    """

    rows: Tensor

    def __init__(self, rows: Tensor, n_rows: int, width: int) -> None:
        super().__init__(len(rows), width)  # each item's vector as in a table of all, so that seeds are comparable
        fresh = torch.zeros(n_rows, width)
        used, first = np.unique(rows.numpy(), return_index=True)
        fresh[used] = self.vectors.detach()[first]
        self.vectors = nn.Parameter(fresh)
        self.register_buffer("rows", rows, persistent=False)

    def forward(self, positions: Tensor | None = None) -> Tensor:
        """Rows, or all."""
        rows = self.rows if positions is None else self.rows[positions]
        return functional.embedding(rows, self.vectors, sparse=self.sparse and positions is not None)


class TextItems(Items):
    """Frozen text vectors, standardised to mean 0 and root mean square 1, and mapped by a learned adaptor.

    The standardised vectors are the only copy in memory.
    """

    text: Tensor

    def __init__(self, text: Tensor, adaptor: nn.Module) -> None:
        super().__init__()
        self.n_items, self.adaptor = len(text), adaptor
        self.register_buffer("text", text, persistent=False)

    def forward(self, positions: Tensor | None = None) -> Tensor:
        """Rows, or all."""
        adapted: Tensor = self.adaptor(self.text if positions is None else self.text[positions])
        return adapted


class SumItems(Items):
    """The sum of several item sides."""

    def __init__(self, *sides: Items) -> None:
        super().__init__()
        self.n_items, self.sides = sides[0].n_items, nn.ModuleList(sides)

    def forward(self, positions: Tensor | None = None) -> Tensor:
        """Rows, or all."""
        first, *others = (side(positions) for side in self.sides)
        return sum(others, start=first)  # type: ignore[no-any-return]


def standards(vectors: Floats) -> tuple[Tensor, Tensor]:
    """Mean of each column, and the root mean square of all numbers without it."""
    mean = torch.from_numpy(vectors.mean(axis=0))
    return mean, (torch.from_numpy(vectors) - mean).square().mean().sqrt()


def standardised(vectors: Floats, whiten: bool = False, by: tuple[Tensor, Tensor] | None = None) -> Tensor:
    """A copy of item vectors of shape (n_items, dim) with mean 0 in each column.

    The root mean square of all numbers is 1; with ``whiten``, it is 1 in every direction, so that a few directions do
    not dominate. ``by`` gives the standards of other vectors, by which these are measured.
    """
    if by is not None:
        if vectors.shape[1] != len(by[0]):
            raise ParamsError(
                f"start: is of vectors of {len(by[0])} numbers, and these have {vectors.shape[1]}; take the text model "
                "of pre-training"
            )
        return (torch.from_numpy(vectors) - by[0]) / by[1]
    centred = torch.from_numpy(vectors - vectors.mean(axis=0))
    blocks = [centred[start : start + ROWS] for start in range(0, len(centred), ROWS)]
    if whiten:
        variances, axes = torch.linalg.eigh((centred.T @ centred).double() / len(centred))
        kept = variances > 1e-6 * variances[-1]  # they ascend; the rest is only rounding errors
        turn = (axes * torch.where(kept, variances.clamp(min=1e-30).rsqrt(), 0.0)).float()
        for block in blocks:
            block.copy_(block @ turn)
        return centred
    shares = [block.square().mean() * (len(block) / len(centred)) for block in blocks]
    return centred.div_(torch.stack(shares).sum().sqrt().clamp(min=1e-12))


def as_they_are(vectors: Floats) -> Tensor:
    """A copy of item vectors, unchanged."""
    return torch.from_numpy(vectors.copy())


def adaptor_of(dim: int, width: int, hidden: Sequence[int] = (), dropout: float = 0.0) -> nn.Module:
    """A learned map from texts to items: linear, or with ``hidden`` layers, each followed by ReLU.

    ``dropout`` is that of the input of every layer. With hidden layers, weights begin as in the code of BLaIR
    (hyp1231/AmazonReviews2023): normal with a standard deviation of 0.02, and no bias.
    """
    layers: list[nn.Module] = []
    for place, (before, after) in enumerate(pairwise([dim, *hidden, width])):
        linear = nn.Linear(before, after)
        if hidden:
            nn.init.normal_(linear.weight, std=NORMAL)
            nn.init.zeros_(linear.bias)
        layers += [nn.ReLU()] * (place > 0) + [nn.Dropout(dropout)] * (dropout > 0) + [linear]
    return layers[0] if len(layers) == 1 else nn.Sequential(*layers)


def linear_text(vectors: Floats, width: int, whiten: bool = False) -> TextItems:
    """Text vectors through one learned linear map."""
    return TextItems(standardised(vectors, whiten), adaptor_of(vectors.shape[1], width))


def items_of(side: str, training: Training, width: int, whiten: bool = False) -> Items:
    """The item side ``id``, ``text`` or ``id+text``, with one learned linear map of the texts."""
    text = linear_text(training.text(f"item: {side}"), width, whiten) if "text" in side else None
    return joined(IdItems(training.histories.n_items, width) if "id" in side else None, text)


def id_items(n_items: int, width: int, rows: Ints | None = None) -> Items:
    """Learned vectors; with ``rows``, int64 of shape (n_items,), those of a table of bounded size."""
    if rows is None:
        return IdItems(n_items, width)
    return TableItems(torch.from_numpy(rows), int(rows.max()) + 1, width)


def joined(*sides: Items | None) -> Items:
    """The sum of those sides that there are."""
    found = [one for one in sides if one is not None]
    return found[0] if len(found) == 1 else SumItems(*found)
