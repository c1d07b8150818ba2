"""The spectrum of vectors: how many directions hold their variance, and how evenly."""

from __future__ import annotations

from typing import Any

import numpy as np

from itemvec.core.arrays import Doubles
from itemvec.reducers import dims_for

SHARES = (0.80, 0.90, 0.95, 0.99)


def spread(eigenvalues: Doubles) -> dict[str, Any]:
    """Summarise the descending eigenvalues of the covariance, float64 of shape (dim,).

    Returns
    -------
    ``variance``
        Their sum.
    ``effective_dim``
        For each share of the variance, the number of directions that hold it.
    ``participation_ratio``
        (sum of eigenvalues)^2 / sum of their squares: dim if all are equal, 1 if only one is above zero.
    ``isoscore``
        How evenly the variance fills the space (Rudman et al., arXiv 2108.07344): 1 if all directions hold the same,
        0 if one holds all. Their steps (scale the eigenvalues to length sqrt(dim), take the distance to a vector of
        ones over its largest value as the defect, and from that the share of dimensions used) come to
        (participation ratio - 1) / (dim - 1).
    """
    total, dim = float(eigenvalues.sum()), len(eigenvalues)
    ratio = total**2 / float(np.square(eigenvalues).sum()) if total else 0.0
    return {
        "variance": total,
        "effective_dim": {f"{share:.0%}": dims_for(eigenvalues, share) for share in SHARES},
        "participation_ratio": ratio,
        "isoscore": (ratio - 1) / (dim - 1) if total and dim > 1 else 0.0,
    }


def spectrum_csv(eigenvalues: Doubles) -> str:
    """The spectrum as CSV, for a plot: component, eigenvalue, cumulative share of variance."""
    shares = np.cumsum(eigenvalues) / (eigenvalues.sum() or 1.0)
    rows = (f"{i},{value:.6g},{share:.6f}" for i, (value, share) in enumerate(zip(eigenvalues, shares, strict=True), 1))
    return "\n".join(["component,eigenvalue,cumulative_share", *rows]) + "\n"
