"""The contrastive loss of vectors: InfoNCE that stops when satisfied, over prefixes, with a spread of the vectors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def contrast(
    queries: Any,
    items: Any,
    negatives: Any,
    never: Any,
    temperature: float,
    margin: float,
    prefixes: Sequence[int] = (),
) -> Any:
    """InfoNCE of each query against its item, the items of the others, and its own negatives.

    A query whose item is closer than all others by ``margin`` has no loss: it is satisfied (a hinge, as in DIVE,
    2605.20689). Over ``prefixes`` the loss is the mean of that of the first dimensions of each length (Matryoshka,
    2205.13147).

    Parameters
    ----------
    queries, items
        Tensors of shape (n, dim); item ``i`` is relevant to query ``i``.
    negatives
        Of shape (n, k, dim), of unit length or zero; a row of zeros is none.
    never
        Bool of shape (n, n): which items of other queries, and itself, are no negative of a query.

    Returns
    -------
    A tensor without dimensions: zero where all queries are satisfied.
    """
    lengths = prefixes or (queries.shape[1],)
    losses = [_one(queries, items, negatives, never, temperature, margin, length) for length in lengths]
    return sum(losses) / len(losses)


def _one(queries: Any, items: Any, negatives: Any, never: Any, temperature: float, margin: float, length: int) -> Any:
    import torch
    from torch.nn.functional import normalize

    queries, items, negatives = (normalize(part[..., :length], dim=-1) for part in (queries, items, negatives))
    among = (queries @ items.T).masked_fill(never, -torch.inf)
    hard = torch.einsum("nd,nkd->nk", queries, negatives)
    hard = hard.masked_fill(~negatives.any(dim=2), -torch.inf)
    right, wrong = (queries * items).sum(dim=1), torch.cat([among, hard], dim=1)
    scores = torch.cat([right[:, None], wrong], dim=1) / temperature
    losses = torch.logsumexp(scores, dim=1) - scores[:, 0]
    active = right < wrong.max(dim=1).values + margin
    return (losses * active).sum() / active.sum().clamp(min=1)


def spread(vectors: Any) -> Any:
    """How far vectors are from being spread evenly, as GlobalOrthogonalRegularization (1708.06320; EmbeddingGemma).

    The square of the mean cosine of two vectors, and by how much the mean of the squares exceeds 1 / dim.
    """
    import torch

    n, dim = vectors.shape
    cosines = (vectors @ vectors.T).masked_fill(torch.eye(n, dtype=torch.bool), 0.0)
    pairs = max(n * (n - 1), 1)
    return (cosines.sum() / pairs) ** 2 + torch.relu((cosines**2).sum() / pairs - 1 / dim)
