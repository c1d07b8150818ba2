"""Principal components that keep items together which the same people use."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from itemvec.core.arrays import Doubles
from itemvec.core.errors import ParamsError
from itemvec.core.options import Dim, NaturalFloat
from itemvec.reducers.affine import affine
from itemvec.reducers.base import REDUCERS, Sample, Transform
from itemvec.reducers.moments import Moments

USERS = 8192  # whose sums are in memory at a time


@REDUCERS.register("graph-pca")
@dataclass(frozen=True)
class GraphPca:
    """``pca`` with a penalty on directions in which items differ that the same users have.

    The directions are the first eigenvectors of ``X'X - mu X'LX``: X are the item vectors about their mean, and
    ``L = I - D^(-1/2) A D^(-1/2)`` is the normalised Laplacian of the graph in which A counts the users that two items
    share in training, and D holds its row sums. An item that shares no user is not penalised. Source: Rec-PCA of arXiv
    2604.20490; the public text that we could read says that it penalises total variation on the graph of
    co-occurrence, and gives no matrix, no weights of the graph and no mu: these are ours. It takes memory for all item
    vectors in float64, and never a matrix of all pairs of items.

    Parameters
    ----------
    dim
        Number of directions to keep.
    mu
        Weight of the penalty. 0 is ``pca``. From 0.5 on, directions may count as worse than none.
    """

    dim: Dim
    mu: NaturalFloat = 1.0

    def fit(self, sample: Sample, rng: np.random.Generator) -> Transform:  # noqa: ARG002  (exact)
        """Subtract the penalty from the covariance of the items, and take the first directions."""
        kept, moments = sample.keep("graph-pca", self.dim), sample.moments
        had = sample.interactions() if sample.interactions else None
        if had is None or not had.nnz:
            raise ParamsError(
                "reducer graph-pca: there are no training interactions, from which it learns which items go together; "
                "take it out of variants, or use pca"
            )
        vectors = np.concatenate([np.asarray(batch, dtype=np.float64) for batch in sample.batches]) - moments.mean
        variation, linked = total_variation(vectors, had)
        penalised = moments.covariance - self.mu * variation / moments.n
        directions = Moments(moments.n, moments.mean, penalised).spectrum()[1]
        return replace(affine(sample, directions[:kept].T, "items"), facts={"linked_items": linked})


def total_variation(vectors: Doubles, had: Any) -> tuple[Doubles, int]:
    """X'LX of the class's docstring, float64 of shape (dim, dim), and how many items share a user with another.

    With H for who had what, A is H'H without its diagonal, the number c of users of each item. So with Y = D^(-1/2) X,
    X'LX = X'X - Y'AY = X'X + Y'cY - (HY)'(HY), where X keeps the rows of linked items alone.

    Parameters
    ----------
    vectors
        X, float64 of shape (n_items, dim).
    had
        H, 0 or 1, sparse of shape (n_users, n_items).
    """
    had = had.astype(np.float64)
    users = had.sum(axis=0)
    degrees = had.T @ had.sum(axis=1) - users
    linked = degrees > 0
    inverse = np.where(linked, 1 / np.maximum(degrees, 1), 0.0)
    found: Doubles = (vectors * (linked + users * inverse)[:, None]).T @ vectors
    scaled = vectors * np.sqrt(inverse)[:, None]
    for start in range(0, had.shape[0], USERS):
        sums = had[start : start + USERS] @ scaled  # (some users, dim)
        found -= sums.T @ sums
    return found, int(np.count_nonzero(linked))
