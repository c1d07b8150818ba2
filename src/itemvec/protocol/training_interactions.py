"""Who had which item in training, for what learns from interactions before any recommender does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from itemvec.core.arrays import Ids
from itemvec.core.columns import ITEM, USER
from itemvec.core.files import read_parquet
from itemvec.core.params import Row
from itemvec.protocol.histories import Histories
from itemvec.protocol.splits import split


def training_interactions(path: Path, row: str | Row, items: Ids) -> Any:
    """Which users had which of ``items`` in the training part: 1 or 0, scipy CSR float32 (n_users, n_items).

    Nothing of validation or test is in it, of any user.

    Parameters
    ----------
    path
        Parquet file of interactions, sorted by user and time.
    row
        Their split, as in ``recommend.split``.
    """
    table = read_parquet(path, encoded=[USER, ITEM])
    matrix = split(row, Histories.of(table, items), table).train.matrix()
    matrix.data[:] = 1
    return matrix
