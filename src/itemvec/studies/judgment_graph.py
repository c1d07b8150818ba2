"""How entangled judgments are: the more sets share their items, the harder they are to hold (arXiv 2508.21038)."""

from __future__ import annotations

import numpy as np

from itemvec.metrics import Judgments


def entanglement(judgments: Judgments) -> dict[str, float]:
    """Facts of two graphs, as in appendix 10 of the paper.

    Returns
    -------
    ``density``
        Of the graph of items, joined where one query wants both: the share of all pairs of items that any query wants.
    ``degree``
        Mean number of items that an item is joined to.
    ``query_strength``
        Sum of the Jaccard similarities of a query's items to those of every other query, on average.
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
