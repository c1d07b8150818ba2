"""No reduction: the variant all others are compared with."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from itemvec.arrays import Floats
from itemvec.reducers.base import REDUCERS, Transform


@REDUCERS.register("identity")
@dataclass(frozen=True)
class Identity:
    """Keep the vectors as they are."""

    def fit(self, batches: Iterable[Floats], rng: np.random.Generator) -> Transform:  # noqa: ARG002  (nothing to learn)
        """Nothing to learn."""
        return lambda vectors: vectors
