"""Objectives: which interactions a recommender should bring about, as a row of ``params.yaml`` writes them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from itemvec.core.arrays import Doubles
from itemvec.core.errors import ParamsError

ANY = "any"
FORM = re.compile(r"(?P<column>\S(?:.*\S)?)\s*>=\s*(?P<least>-?\d+(?:\.\d+)?)")


class Objective(NamedTuple):
    """Interactions whose event ``column`` is at least ``least``; all of them where it has no column."""

    name: str
    column: str | None = None
    least: float = 0.0

    @classmethod
    def parse(cls, words: str) -> Objective:
        """``any``, or ``rating >= 4``.

        Raises
        ------
        ParamsError
            It is written otherwise.
        """
        if words.strip() == ANY:
            return cls(ANY)
        found = FORM.fullmatch(words.strip())
        if found is None:
            raise ParamsError(f"recommender objectives: {words!r} is no objective; write 'any', or 'rating >= 4'")
        return cls(words.strip(), found["column"], float(found["least"]))

    def is_known(self, events: Mapping[str, Doubles]) -> bool:
        """Whether interactions bring what it needs."""
        return self.column is None or self.column in events

    def met(self, events: Mapping[str, Doubles], n: int) -> NDArray[np.bool_]:
        """Which of ``n`` interactions meet it, bool of shape (n,); a missing number meets nothing."""
        if self.column is None:
            return np.ones(n, dtype=bool)
        met: NDArray[np.bool_] = events[self.column] >= self.least
        return met
