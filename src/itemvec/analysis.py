"""The geometry of a vector space: how many directions it uses, and how evenly."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from itemvec.arrays import Doubles, Floats
from itemvec.reducers import Moments, dims_for
from itemvec.store import VectorTable, open_vectors

SHARES = (0.80, 0.90, 0.95, 0.99)


def analyze(digest: Path) -> tuple[dict[str, Any], Doubles]:
    """Describe the item vectors of the database that ``digest`` describes, from one pass over them.

    Returns
    -------
    Facts for the metrics file, and the eigenvalues of the covariance, descending, float64 of shape (dim,):

    ``variance``
        Sum of the eigenvalues.
    ``effective_dim``
        Directions that hold a share of the variance, by share.
    ``participation_ratio``
        (sum of eigenvalues)^2 / sum of their squares: dim if all are equal, 1 if there is but one.
    ``mean_cosine``
        Over all pairs of different items, zero vectors apart: 0 where directions are even, near 1 where all point
        one way.
    """
    table = open_vectors(digest, "items")
    directions = _Directions(table.dim)
    eigenvalues, _ = Moments.of(_watched(table, directions)).spectrum()
    total = float(eigenvalues.sum())
    facts = {
        "dim": table.dim,
        "items": table.rows,
        "variance": total,
        "effective_dim": {f"{share:.0%}": dims_for(eigenvalues, share) for share in SHARES},
        "participation_ratio": total**2 / float(np.square(eigenvalues).sum()) if total else 0.0,
        "mean_cosine": directions.mean_cosine(),
    }
    return facts, eigenvalues


class _Directions:
    """Sum of streamed unit vectors: its length gives the mean cosine of all pairs."""

    def __init__(self, dim: int) -> None:
        self.n = 0
        self.sum: Doubles = np.zeros(dim)

    def add(self, vectors: Floats) -> None:
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        self.n += int(np.count_nonzero(norms))
        self.sum = self.sum + (vectors / np.maximum(norms, 1e-12)).sum(axis=0, dtype=np.float64)

    def mean_cosine(self) -> float:
        """Of a pair of different vectors; 0 where there is no pair."""
        pairs = self.n * (self.n - 1)
        return float(self.sum @ self.sum - self.n) / pairs if pairs else 0.0


def _watched(table: VectorTable, directions: _Directions) -> Iterator[Floats]:
    with tqdm(total=len(table), desc="analyze", unit="vector", mininterval=1) as progress:
        for vectors in table.vectors:
            directions.add(vectors)
            yield vectors
            progress.update(len(vectors))


def spectrum_csv(eigenvalues: Doubles) -> str:
    """The spectrum as a plot: component, eigenvalue, and the share of variance up to it."""
    shares = np.cumsum(eigenvalues) / (eigenvalues.sum() or 1.0)
    rows = (f"{i},{value:.6g},{share:.6f}" for i, (value, share) in enumerate(zip(eigenvalues, shares, strict=True), 1))
    return "\n".join(["component,eigenvalue,cumulative_share", *rows]) + "\n"
