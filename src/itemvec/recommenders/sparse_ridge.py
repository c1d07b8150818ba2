"""EASE on a large catalogue: each item is reconstructed from the items nearest to it, not from all."""

from __future__ import annotations

from typing import Any

import numpy as np

from itemvec.core.arrays import Doubles, Floats, Ints
from itemvec.core.progress import progress
from itemvec.core.top_k import top_k
from itemvec.protocol.histories import Histories
from itemvec.recommenders.item_item import presence

PAIRS = 1 << 23  # of items whose similarity is held at a time, dense: 32 MB


def sparse_ridge(histories: Histories, l2: float, neighbours: int, texts: Floats | None = None) -> Any:
    """Weights that reconstruct each item from its ``neighbours`` nearest others, with penalty ``l2``.

    With as many neighbours as there are other items it is the exact solution. The nearest of item j are those of the
    largest ``G[i, j] / sqrt(G[i, i] + l2)``, G being the Gram matrix: the order of their correlation with j. Source:
    the sparse approximation of Steck, "Markov random fields for collaborative filtering" (arXiv 1910.09645), with one
    system of equations for each item.

    Parameters
    ----------
    texts
        Rows that count as much as users, float32 of shape (n_items, dim): the Gram matrix gets their inner products.

    Returns
    -------
    scipy CSR of float32 and shape (n_items, n_items), with a zero diagonal.
    """
    from scipy.sparse import csc_array

    users = presence(histories)
    shared = (users.T @ users).tocsr()  # number of users that two items share; zeros are not stored
    n_items = histories.n_items
    texts = np.zeros((n_items, 0), dtype=np.float32) if texts is None else texts
    sizes = shared.diagonal() + np.square(texts).sum(axis=1)
    kept = min(neighbours, n_items - 1)
    near: Ints = np.zeros((n_items, kept), dtype=np.int64)
    weights: Floats = np.zeros((n_items, kept), dtype=np.float32)
    step = max(1, PAIRS // max(n_items, 1))
    with progress(n_items, "fit", "items") as bar:
        for start in range(0, n_items, step):
            pairs = shared[start : start + step].toarray() + texts[start : start + step] @ texts.T
            rows = np.arange(start, start + len(pairs))
            similar = pairs / np.sqrt(sizes + l2, dtype=np.float32)
            similar[rows - start, rows] = -np.inf
            near[rows] = top_k(similar, kept).positions
            for row in rows:
                chosen = near[row]
                weights[row] = _solved(shared, texts, chosen, pairs[row - start, chosen], l2)
            bar.update(len(rows))
    offsets = np.arange(n_items + 1) * kept
    return csc_array((weights.ravel(), near.ravel(), offsets), shape=(n_items, n_items)).tocsr()


def _solved(shared: Any, texts: Floats, chosen: Ints, wanted: Floats, l2: float) -> Doubles:
    """The ridge regression of one item on the ``chosen``, with whose Gram entries it has ``wanted``."""
    from scipy.linalg import solve

    gram = shared[chosen][:, chosen].toarray().astype(np.float64)
    gram += texts[chosen] @ texts[chosen].T
    gram[np.diag_indices_from(gram)] += l2
    found: Doubles = solve(gram, wanted.astype(np.float64), assume_a="pos", overwrite_a=True, check_finite=False)
    return found
