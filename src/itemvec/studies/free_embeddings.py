"""Free embeddings: vectors optimised directly on the judgments, without any text (arXiv 2508.21038, section 4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from itemvec.core.arrays import Doubles, Floats
from itemvec.core.machine import torch_device

AHEAD = 1e-5  # a margin below this could be the rounding of float32


@dataclass(frozen=True)
class Recipe:
    """How to optimise: Adam on all queries and items at once, with InfoNCE over all items, and unit vectors.

    Each relevant item is contrasted with the irrelevant items only. The paper's formula sums the relevant items of a
    query inside one logarithm, so that one of them can take all the weight: in four dimensions, that did not solve the
    pairs of six items.

    first, last
        Temperature at the first step and at the last; in between it falls geometrically.
    """

    first: float
    last: float
    rate: float
    steps: int = 2000


PAPER = Recipe(first=0.1, last=0.1, rate=0.01)
# A temperature far above the margin makes the loss prefer a larger margin on most sets to a positive one on all. So the
# temperature falls, and far more sets are solved.
ANNEALED = Recipe(first=0.1, last=0.002, rate=0.05)


@dataclass(frozen=True)
class Fitted:
    """Unit vectors, float32, and the margin of each query's relevant items, float64 of shape (n_queries,)."""

    queries: Floats
    items: Floats
    margins: Doubles
    steps: int

    @property
    def solved(self) -> bool:
        """Whether every query ranks all its relevant items before all others."""
        return bool((self.margins > 0).all())


def fit(
    relevant: NDArray[np.bool_], dim: int, recipe: Recipe, seed: int, hidden: NDArray[np.bool_] | None = None
) -> Fitted:
    """Optimise one vector per query and per item until every query is solved or the steps are used up.

    Parameters
    ----------
    relevant
        Shape (n_queries, n_items); each query has at least one item that is relevant and one that is not.
    dim
        Width of the vectors.
    hidden
        Which items are not ranked for a query, of the same shape; none of them is relevant to it.
    """
    import torch
    from torch.nn.functional import normalize

    device = torch_device()
    generator = torch.Generator().manual_seed(seed)
    wanted = torch.from_numpy(relevant).to(device)
    apart = wanted if hidden is None else wanted | torch.from_numpy(hidden).to(device)  # no rivals of what is relevant
    items = normalize(torch.randn(relevant.shape[1], dim, generator=generator), dim=1).to(device)
    queries = normalize(wanted.float() @ items, dim=1)  # start at the mean of their relevant items
    queries.requires_grad_()
    items.requires_grad_()
    adam = torch.optim.Adam([queries, items], lr=recipe.rate)
    best, kept, step = -1.0, (queries.detach().clone(), items.detach().clone()), 0
    for step in range(recipe.steps + 1):
        scores = queries @ items.T  # (n_queries, n_items)
        ahead = float((_margins(scores.detach(), wanted, apart) > AHEAD).float().mean())
        if ahead > best:
            best, kept = ahead, (queries.detach().clone(), items.detach().clone())
        if ahead == 1 or step == recipe.steps:
            break
        temperature = recipe.first * (recipe.last / recipe.first) ** (step / recipe.steps)
        adam.zero_grad()
        _loss(scores / temperature, wanted, apart).backward()
        adam.step()
        with torch.no_grad():
            queries.copy_(normalize(queries, dim=1))
            items.copy_(normalize(items, dim=1))
    found, other = (vectors.cpu().numpy() for vectors in kept)
    exact = torch.from_numpy(found.astype(np.float64) @ other.T.astype(np.float64))
    return Fitted(found, other, _margins(exact, wanted.cpu(), apart.cpu()).numpy(), step)


def _margins(scores: Any, wanted: Any, apart: Any) -> Any:
    """Lowest score of a relevant item minus the highest of any that is not ``apart``, by query."""
    worst = scores.masked_fill(~wanted, float("inf")).amin(dim=1)
    return worst - scores.masked_fill(apart, float("-inf")).amax(dim=1)


def _loss(logits: Any, wanted: Any, apart: Any) -> Any:
    from torch.nn.functional import softplus

    others = logits.masked_fill(apart, float("-inf")).logsumexp(dim=1, keepdim=True)
    return (softplus(others - logits) * wanted).sum() / wanted.sum()
