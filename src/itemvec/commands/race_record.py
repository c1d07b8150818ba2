"""What a race shows: its looks, and how it ended."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from itemvec.core.arrays import Doubles
from itemvec.metrics import BestSet


@dataclass(frozen=True)
class Look:
    """What one look shows of the models that are left; arrays follow ``names``.

    kept
        Which are shown to lose less than the tolerance against the best.
    """

    number: int
    names: list[str]
    n_queries: int
    n_items: int
    means: Doubles
    shown: BestSet
    kept: NDArray[np.bool_]


@dataclass
class Race:
    """How a race went.

    winner, sure
        The model to use; whether that is shown, or else the best guess.
    looks
        All looks; a model left after the last look that names it.
    tokens, whole
        Tokens encoded for each model, the winner's full encoding included; and of all texts for all models.
    ended
        Why it ended, in words.
    """

    winner: str = ""
    sure: bool = False
    looks: list[Look] = field(default_factory=list)
    aside: list[str] = field(default_factory=list)
    tokens: dict[str, int] = field(default_factory=dict)
    whole: int = 0
    ended: str = ""

    @property
    def share(self) -> float:
        """Of the tokens that all models in full would take."""
        return sum(self.tokens.values()) / max(self.whole, 1)
