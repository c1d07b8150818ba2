"""Array types, named once."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
Ints = NDArray[np.int64]
Ids = Any  # pyarrow.Array of strings; pyarrow ships no types
