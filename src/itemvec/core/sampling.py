"""A sample where there is too much for all."""

import numpy as np

from itemvec.core.arrays import Ints


def sample(rows: Ints, size: int, rng: np.random.Generator) -> Ints:
    """``rows``, int64 and ascending, or ``size`` of them where they are more; ascending."""
    return rows if len(rows) <= size else np.sort(rng.choice(rows, size, replace=False))
