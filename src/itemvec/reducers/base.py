"""What the pipeline asks of a reduction."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Protocol

import numpy as np

from itemvec.arrays import Floats
from itemvec.registry import Registry

Transform = Callable[[Floats], Floats]


class Reducer(Protocol):
    """Options of a reduction."""

    def fit(self, batches: Iterable[Floats], rng: np.random.Generator) -> Transform:
        """Learn from item vectors; queries are transformed with what was learnt from items.

        Parameters
        ----------
        batches
            Item vectors, float32 of shape (any, dim); may be iterated more than once.
        rng
            The only source of randomness.

        Returns
        -------
        A function from vectors of shape (n, dim) to float32 vectors of shape (n, reduced dim).
        """
        ...


REDUCERS: Registry[Reducer] = Registry("reducer")
