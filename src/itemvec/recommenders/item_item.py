"""Shared parts of linear item-item models: interaction matrix, Gram matrix, ridge regression with zero diagonal."""

from __future__ import annotations

from typing import Any

import numpy as np

from itemvec.core.arrays import Doubles, Floats
from itemvec.core.errors import ParamsError, TableError
from itemvec.protocol.histories import Histories
from itemvec.recommenders.base import Score

LARGEST = 30_000  # items of an exact solution
BYTES = 12  # that it takes for each pair of items: the Gram matrix in float64, and its float32 weights
COMPARED = 1_000_000  # items of the sparse approximation, which compares each item with all others
NANOSECONDS = 26  # of one processor that it takes for each pair, as measured on 50,000 items
INSTEAD = "take itemknn, or on item vectors profile or sasrec, instead"


def presence(histories: Histories) -> Any:
    """Sparse users x items matrix: one if the user has the item, however often."""
    matrix = histories.matrix()
    matrix.data[:] = 1
    return matrix


def check_shared(histories: Histories, kind: str) -> None:
    """Refuse histories from which no item can be told to belong to another.

    Raises
    ------
    TableError
        No user has two items.
    """
    if np.diff(presence(histories).indptr).max(initial=0) < 2:
        raise TableError(f"{kind}: no training history has two items, so there is no pair of items to learn from")


def check_size(n_items: int, kind: str, neighbours: int | None = None) -> None:
    """Refuse a catalogue that is too large for an exact solution, or, with ``neighbours``, for a sparse one.

    Raises
    ------
    ParamsError
        There are too many items.
    """
    if why := too_many(n_items, neighbours):
        raise ParamsError(f"{kind}: {why}")


def gram(histories: Histories, kind: str) -> Doubles:
    """Number of users that each two items share, float64 (n_items, n_items), in the memory order of LAPACK.

    Raises
    ------
    ParamsError
        The catalogue is too large for a dense matrix.
    """
    check_size(histories.n_items, kind)
    matrix = presence(histories)
    shared: Doubles = (matrix.T @ matrix).astype(np.float64).toarray(order="F")
    return shared


def too_many(n_items: int, neighbours: int | None = None) -> str:
    """Why there is no solution for so many items, what it would take, and what to do; empty where there is one."""
    if neighbours is None and n_items > LARGEST:
        step = INSTEAD if n_items > COMPARED else "give it neighbours, 200 say, for a sparse approximation"
        return (
            f"the exact solution takes at most {LARGEST:,} items; for {n_items:,} it would need "
            f"{BYTES * n_items**2 / 1e9:,.0f} GB of memory; {step}"
        )
    if neighbours is not None and n_items > COMPARED:
        hours = NANOSECONDS * n_items**2 / 3600e9
        return (
            f"with neighbours it takes at most {COMPARED:,} items; for {n_items:,} it would compare all pairs, "
            f"some {hours:,.0f} hours of one processor; {INSTEAD}"
        )
    return ""


def scored_by(weights: Any) -> Score:
    """Score each item by the sum of its ``weights``, (n_items, n_items), dense or sparse, from the items of a history.

    A product with sparse histories reads dense weights in C order, and copies those in another order each time.
    """

    def score(asked: Histories) -> Floats:
        found = presence(asked) @ weights
        return np.asarray(found if isinstance(found, np.ndarray) else found.toarray(), dtype=np.float32)

    return score


def ridge(shared: Doubles, l2: float) -> Floats:
    """Weights that reconstruct each item from the others, with penalty ``l2``; ``shared`` is overwritten.

    Source: Steck, "Embarrassingly shallow autoencoders for sparse data" (arXiv 1905.03375), equation 8.

    Returns
    -------
    float32 of shape (n_items, n_items) in C order, with a zero diagonal.
    """
    from scipy.linalg import inv

    shared[np.diag_indices_from(shared)] += l2
    weights = inv(shared, overwrite_a=True, assume_a="pos").T  # by Cholesky; half the time of solving for unit vectors
    weights /= -np.diag(weights)
    np.fill_diagonal(weights, 0.0)
    return np.asarray(weights, dtype=np.float32)
