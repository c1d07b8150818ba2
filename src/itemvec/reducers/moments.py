"""Mean and covariance of any number of vectors, in one pass."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain

import numpy as np

from itemvec.arrays import Doubles, Floats


@dataclass(frozen=True)
class Moments:
    """First and second moments of ``n`` vectors: ``mean`` (dim,) and ``covariance`` (dim, dim), float64, over n."""

    n: int
    mean: Doubles
    covariance: Doubles

    @classmethod
    def of(cls, batches: Iterable[Floats]) -> Moments:
        """Accumulate over ``batches``, each of shape (any, dim), at least one vector in all.

        Sums are taken about the first batch's mean, so that nothing cancels where vectors lie far from the origin.
        """
        rest = iter(batches)
        first = next(rest, None)
        if first is None:
            raise ValueError("moments of no vectors")
        dim = first.shape[1]
        shift = first.mean(axis=0, dtype=np.float64)
        n, total, gram = 0, np.zeros(dim), np.zeros((dim, dim))
        for batch in chain([first], rest):
            centred = batch - shift  # float64
            n += len(batch)
            total += centred.sum(axis=0)
            gram += centred.T @ centred
        drift = total / n
        return cls(n, shift + drift, gram / n - np.outer(drift, drift))

    def spectrum(self) -> tuple[Doubles, Doubles]:
        """Eigenvalues, descending, shape (dim,), and eigenvectors as rows, shape (dim, dim), with a fixed sign."""
        from scipy.linalg import eigh

        values, vectors = eigh(self.covariance)
        rows = vectors[:, ::-1].T
        largest = np.abs(rows).argmax(axis=1)
        signs = np.sign(rows[np.arange(len(rows)), largest])
        return np.maximum(values[::-1], 0.0), rows * signs[:, None]
