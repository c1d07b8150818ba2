"""Principal component analysis."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from itemvec.core.arrays import Doubles, Floats
from itemvec.core.errors import ParamsError
from itemvec.core.options import Dim, Natural, Positive, Share
from itemvec.reducers.affine import Centre, affine
from itemvec.reducers.base import REDUCERS, Sample, Transform
from itemvec.reducers.moments import Decomposition


@REDUCERS.register("pca")
@dataclass(frozen=True)
class Pca:
    """Centre on the items' mean and keep the directions of most variance (Pearson, 1901).

    Give either ``dim`` or ``variance``.

    Parameters
    ----------
    dim
        Number of directions to keep.
    variance
        Keep as few directions as explain this share of the variance.
    centre
        Whose mean is taken from the queries. ``queries``, their own mean, is a defect of the code of arXiv
        2507.05006, kept to reproduce its figures.
    sample
        Find the directions in this many items, drawn at random; by default in all. All are projected, and centred on
        the mean of all.
    draw
        Number of the draw: rows that differ in it are different draws under the same seed.
    seeded
        ``false`` draws anew at every run, a defect of the same code: results of two runs then differ, in the number of
        dimensions that a share of the variance takes too. The spread over ``draw`` says by how much.
    """

    dim: Dim | None = None
    variance: Share | None = None
    centre: Centre = "items"
    sample: Positive | None = None
    draw: Natural = 0
    seeded: bool = True

    def __post_init__(self) -> None:
        if (self.dim is None) == (self.variance is None):
            raise ParamsError("reducer pca: give either dim or variance")
        if self.sample is None and (self.draw or not self.seeded):
            raise ParamsError("reducer pca: draw and seeded need sample, the number of items that are drawn")

    def fit(self, sample: Sample, rng: np.random.Generator) -> Transform:
        """Take the first directions of the items' covariance, or of that of some of them."""
        moments, drawn = sample.moments, {}
        if self.sample is not None and self.sample < moments.n:
            lot = rng.spawn(self.draw + 1)[self.draw] if self.seeded else np.random.default_rng()
            moments = Decomposition.of(_drawn(sample.batches, moments.n, self.sample, lot))
            drawn = {"sample": {"items": self.sample, "seeded": self.seeded}}
        kept = sample.keep("pca", self.dim or dims_for(moments.values, self.variance or 1.0))
        return replace(affine(sample, moments.directions[:kept].T, self.centre), facts=drawn)


def _drawn(batches: Iterable[Floats], n: int, some: int, lot: np.random.Generator) -> Iterator[Floats]:
    """The rows that ``lot`` draws, ``some`` of ``n``, in the batches that they stand in."""
    chosen, start = np.sort(lot.choice(n, some, replace=False)), 0
    for batch in batches:
        inside = chosen[np.searchsorted(chosen, start) : np.searchsorted(chosen, start + len(batch))]
        if len(inside):
            yield batch[inside - start]
        start += len(batch)


def dims_for(eigenvalues: Doubles, share: float) -> int:
    """How many of the descending ``eigenvalues`` it takes for ``share`` of their sum, at least one."""
    total = float(np.sum(eigenvalues))
    if total == 0:  # of a single vector, say
        return 1
    shares = np.cumsum(eigenvalues) / total
    return min(int(np.searchsorted(shares, share - 1e-12)) + 1, len(eigenvalues))
