"""Random samples of rows, for computations that would take too long on all."""

import numpy as np

from itemvec.core.arrays import Ints


def sample(rows: Ints, size: int, rng: np.random.Generator) -> Ints:
    """All of ``rows``, int64 and ascending, or a random ``size`` of them if there are more; ascending."""
    return rows if len(rows) <= size else np.sort(rng.choice(rows, size, replace=False))
