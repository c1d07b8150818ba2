"""Tuning of items in closed form: each answer moves towards the queries that it answers (NUDGE, arXiv 2409.02343)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np

from itemvec.core.arrays import Doubles, Floats
from itemvec.core.options import PositiveFloat
from itemvec.tuners.base import TUNERS, Lesson, Role, Setting, Tuned, rounded, unit, write_arrays

GAMMAS = (0.1, 0.3, 0.02, 0.48, 0.2, 0.04, 0.4, 0.06)


@TUNERS.register("nudge")
@dataclass(frozen=True)
class Nudge:
    """Move each item towards the sum of the queries that it answers, and leave queries and other items as they are.

    For item i, G is the sum of the queries learnt from to which it is relevant, weighed by gain (Zeighami et al., 2024,
    arXiv 2409.02343). What it moves are answers seen in learning: queries with other answers gain nothing but less
    competition. So the results also have the gain where no answer of a test query was seen (``by_item``).

    Parameters
    ----------
    method
        ``N``: stay of unit length; the squared distance of the move is at most gamma. ``M``: move by gamma along G,
        then scale to unit length.
    gamma
        How far; by default several are tried.
    """

    method: Literal["M", "N"] = "N"
    gamma: PositiveFloat | None = None
    random: ClassVar[bool] = False

    def settings(self) -> list[dict[str, Any]]:
        """Distances, from the middle outwards."""
        return [{"gamma": one} for one in (GAMMAS if self.gamma is None else (self.gamma,))]

    def fit(self, lesson: Lesson, setting: Setting, seed: int) -> Tuned:  # noqa: ARG002  (nothing is random)
        """Move once."""
        rows, targets = _sums(lesson)
        moved = lesson.items.copy()
        if len(rows):
            starts = lesson.items[rows].astype(np.float64)
            move = _along if self.method == "M" else _around
            moved[rows] = rounded(move(starts, targets, float(setting["gamma"])))

        def apply(role: Role, vectors: Floats, texts: Sequence[str]) -> Floats:  # noqa: ARG001
            return moved if role == "item" else vectors

        found = Tuned(apply, 0.0, lambda folder: write_arrays(folder, rows=rows, items=moved[rows]))
        return Tuned(apply, float(lesson.quality(found).mean()), found.write, {"items_moved": len(rows)})


def _sums(lesson: Lesson) -> tuple[Any, Doubles]:
    """Positions of the items that answer a query, and the direction of the sum of these queries, of unit length."""
    pairs = lesson.train.pairs
    rows, place = np.unique(pairs[:, 1], return_inverse=True)
    sums = np.zeros((len(rows), lesson.items.shape[1]))
    np.add.at(sums, place.ravel(), lesson.train.vectors[pairs[:, 0]] * lesson.train.judged.gains[:, None])
    return rows, np.asarray(unit(sums.astype(np.float32)), dtype=np.float64)


def _along(starts: Doubles, targets: Doubles, gamma: float) -> Doubles:
    """NUDGE-M: a step of length gamma."""
    return starts + gamma * targets


def _around(starts: Doubles, targets: Doubles, gamma: float) -> Doubles:
    """NUDGE-N: along the sphere, until the squared chord is gamma or the target is reached."""
    cosine = np.clip((starts * targets).sum(axis=1, keepdims=True), -1, 1)
    angle = np.minimum(np.arccos(cosine), np.arccos(max(1 - gamma / 2, -1)))
    aside = targets - cosine * starts
    aside /= np.maximum(np.linalg.norm(aside, axis=1, keepdims=True), 1e-12)
    return np.asarray(np.cos(angle) * starts + np.sin(angle) * aside)
