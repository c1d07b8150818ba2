"""Tuning in closed form: a linear map that moves a query towards what is relevant to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from itemvec.core.arrays import Doubles, Floats
from itemvec.core.options import PositiveFloat
from itemvec.tuners.base import TUNERS, Lesson, Role, Setting, Tuned, rounded, unit, write_arrays

PENALTIES = (1.0, 10.0, 0.1, 100.0, 3.0, 30.0, 0.3, 0.01)


@TUNERS.register("ridge")
@dataclass(frozen=True)
class Ridge:
    """Map queries by ridge regression to the items that are relevant to them; items stay as they are.

    The map W makes the sum of ``|W q - t|**2`` over the queries learnt from plus ``penalty * n / dim * |W - I|**2``
    least, where t is the direction of what is relevant to q; it has a closed form. Where queries are items, as in
    histories, one map M is needed for both: that with ``M' M`` nearest to the symmetric part of W among the matrices
    without a negative eigenvalue, so that the product of two mapped items is that of W.

    Parameters
    ----------
    penalty
        How strongly the map is held to change nothing; by default several are tried.
    """

    penalty: PositiveFloat | None = None
    random: ClassVar[bool] = False

    def settings(self) -> list[dict[str, Any]]:
        """Penalties, from the middle outwards."""
        return [{"penalty": one} for one in (PENALTIES if self.penalty is None else (self.penalty,))]

    def fit(self, lesson: Lesson, setting: Setting, seed: int) -> Tuned:  # noqa: ARG002  (nothing is random)
        """Solve once."""
        matrix = _solved(lesson, float(setting["penalty"]))
        if lesson.both:
            matrix = _root(matrix)

        def apply(role: Role, vectors: Floats, texts: Sequence[str]) -> Floats:  # noqa: ARG001
            if role == "item" and not lesson.both:
                return vectors
            return rounded(vectors.astype(np.float64) @ matrix)

        found = Tuned(apply, 0.0, lambda folder: write_arrays(folder, matrix=matrix.astype(np.float32)))
        return Tuned(apply, float(lesson.quality(found).mean()), found.write)


def _solved(lesson: Lesson, penalty: float) -> Doubles:
    """The map, float64 of shape (dim, dim), by which rows are multiplied."""
    queries = lesson.train.vectors.astype(np.float64)
    targets = _targets(lesson).astype(np.float64)
    identity = np.eye(queries.shape[1]) * penalty * len(queries) / queries.shape[1]
    return np.asarray(np.linalg.solve(queries.T @ queries + identity, queries.T @ targets + identity))


def _targets(lesson: Lesson) -> Floats:
    """The direction of what is relevant to each query, weighed by gain: unit length, float32 of shape (n, dim)."""
    judged = lesson.train.judged
    weighed = lesson.items[judged.items] * judged.gains[:, None].astype(np.float32)
    return unit(np.add.reduceat(weighed, judged.offsets[:-1], axis=0))


def _root(matrix: Doubles) -> Doubles:
    """The symmetric square root of the symmetric part, without its negative eigenvalues."""
    values, vectors = np.linalg.eigh((matrix + matrix.T) / 2)
    return np.asarray(vectors * np.sqrt(np.maximum(values, 0)) @ vectors.T)
