"""Graph statistics of judgments: how much the relevant items of different queries overlap (arXiv 2508.21038).

The more they overlap, the harder it is for single vectors to rank all of them right.
"""

from __future__ import annotations

import numpy as np

from itemvec.metrics import Judgments


def entanglement(judgments: Judgments) -> dict[str, float]:
    """Density, mean degree and query strength, as in appendix 10 of the paper.

    Returns
    -------
    ``density``
        Share of all pairs of items that are relevant to a common query. Such pairs are the edges of the item graph.
    ``degree``
        Mean number of edges of an item in that graph.
    ``query_strength``
        Sum of the Jaccard similarities of a query's relevant items to those of every other query; mean over queries.
    """
    from scipy.sparse import csr_array

    names, columns = np.unique(judgments.items, return_inverse=True)
    n_queries, n_items = len(judgments), len(names)
    asked = csr_array((np.ones(len(columns)), columns, judgments.offsets), shape=(n_queries, n_items))
    edges = (asked.T @ asked).nnz - n_items  # each twice
    shared = (asked @ asked.T).tocoo()
    sizes = np.diff(judgments.offsets)
    similar = shared.data / (sizes[shared.row] + sizes[shared.col] - shared.data)
    return {
        "density": edges / (n_items * (n_items - 1)) if n_items > 1 else 0.0,
        "degree": edges / n_items,
        "query_strength": float(similar.sum() - n_queries) / n_queries,
    }
