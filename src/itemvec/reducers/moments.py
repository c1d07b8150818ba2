"""Mean, covariance and principal directions of any number of vectors, in one pass."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import numpy as np

from itemvec.core.arrays import Doubles, Floats
from itemvec.core.engine import HERE, Engine, Stretch, stretches
from itemvec.core.errors import TableError
from itemvec.core.files import replacing

FACTS = "facts"  # of a file: the number of vectors, and what identifies them
ROWS = 2048  # multiplied at a time, so that a block stays in the processor's cache
BLOCKS = 8  # whose sums are added up before they are added to the rest, whatever the engine is


@dataclass(frozen=True)
class Moments:
    """First and second moments of ``n`` vectors: ``mean`` (dim,) and ``covariance`` (dim, dim), float64, over n."""

    n: int
    mean: Doubles
    covariance: Doubles

    @classmethod
    def of(cls, batches: Iterable[Floats], engine: Engine = HERE) -> Moments:
        """Accumulate over ``batches``, each of shape (any, dim), at least one vector in all.

        The batches are added up some at a time, in the same order on every engine, so that all give the same sums.

        Sums are taken about the first batch's mean, so that vectors far from the origin lose no precision. All
        is float64, though float32 is twice as fast: what another processor or number of threads rounds otherwise then
        vanishes where the reduced vectors become float32, and their digest stays the same.
        """
        rest = iter(batches)
        first = next(rest, None)
        if first is None:
            raise ValueError("moments of no vectors")
        dim = first.shape[1]
        shift = first.mean(axis=0, dtype=np.float64)
        n, total, gram = 0, np.zeros(dim), np.zeros((dim, dim))
        for some in engine.map(_sums, shift, stretches(chain([first], rest), BLOCKS)):
            n += some[0]
            total += some[1]
            gram += some[2]
        drift = total / n
        return cls(n, shift + drift, gram / n - np.outer(drift, drift))

    def spectrum(self) -> tuple[Doubles, Doubles]:
        """Eigenvalues, descending, shape (dim,), and eigenvectors as rows, shape (dim, dim), with a fixed sign."""
        from scipy.linalg import eigh

        values, vectors = eigh(self.covariance, driver="evd")
        rows = vectors[:, ::-1].T
        largest = np.abs(rows).argmax(axis=1)
        signs = np.sign(rows[np.arange(len(rows)), largest])
        return np.maximum(values[::-1], 0.0), rows * signs[:, None]


@dataclass(frozen=True)
class Decomposition:
    """Mean and principal directions of ``n`` vectors, computed once for all reductions.

    mean
        float64 of shape (dim,).
    values
        Variance along each direction, descending, float64 of shape (dim,).
    directions
        Unit vectors as rows, float64 of shape (dim, dim).
    """

    n: int
    mean: Doubles
    values: Doubles
    directions: Doubles

    @classmethod
    def of(cls, batches: Iterable[Floats], engine: Engine = HERE) -> Decomposition:
        """One pass over ``batches``, each float32 of shape (any, dim), then one eigenvalue problem."""
        moments = Moments.of(batches, engine)
        return cls(moments.n, moments.mean, *moments.spectrum())

    @property
    def covariance(self) -> Doubles:
        """Shape (dim, dim)."""
        found: Doubles = (self.directions.T * self.values) @ self.directions
        return found

    def write(self, path: Path, source: str) -> None:
        """Write as safetensors; ``source`` identifies the vectors, and ``read`` checks it.

        Equal content gives equal bytes: all facts are one entry of the metadata, since safetensors writes entries in an
        order that changes from process to process.
        """
        from safetensors.numpy import save_file

        arrays = {"mean": self.mean, "values": self.values, "directions": np.ascontiguousarray(self.directions)}
        with replacing(path) as partial:
            save_file(arrays, partial, {FACTS: json.dumps({"n": self.n, "source": source})})

    @classmethod
    def read(cls, path: Path, source: str) -> Decomposition:
        """Read what ``write`` wrote for the same ``source``.

        Raises
        ------
        TableError
            The file is missing, damaged, or of other vectors.
        """
        from safetensors import SafetensorError, safe_open

        try:
            with safe_open(path, "numpy") as file:
                said = json.loads(file.metadata()[FACTS])
                arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        except (OSError, SafetensorError, LookupError, TypeError) as error:
            raise TableError(f"{path}: cannot be read ({error}); run `dvc checkout`, else `dvc repro`") from None
        if said["source"] != source:
            raise TableError(f"{path}: belongs to other vectors; run `dvc checkout`, else `dvc repro`")
        return cls(said["n"], **arrays)


def _sums(shift: Doubles, stretch: Stretch) -> tuple[int, Doubles, Doubles]:
    """Number of vectors, and of these, less ``shift``, the sum (dim,) and the Gram matrix (dim, dim), float64."""
    n, total, gram = 0, np.zeros(len(shift)), np.zeros((len(shift), len(shift)))
    for batch in stretch.blocks:
        n += len(batch)
        for start in range(0, len(batch), ROWS):
            centred = batch[start : start + ROWS] - shift
            total += centred.sum(axis=0)
            gram += centred.T @ centred
    return n, total, gram
