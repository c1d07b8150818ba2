"""One variant of the vectors: a reduction fitted on the items, applied to items and queries."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from tqdm import tqdm

from itemvec.reducers import Reducer, Transform
from itemvec.store import Block, VectorTable, open_vectors, write_database

BYTES = 4  # of a float32


def reduce_vectors(reducer: Reducer, source: Path, database: Path, seed: int) -> dict[str, int]:
    """Fit ``reducer`` on the items of the database that ``source`` describes and write the reduced tables.

    Returns
    -------
    Dimensions and bytes per item.
    """
    tables = {name: open_vectors(source, name) for name in ("items", "queries")}
    transform = reducer.fit(tables["items"].vectors, np.random.default_rng(seed))
    dim = transform(np.zeros((1, tables["items"].dim), dtype=np.float32)).shape[1]
    write_database(database, {name: (dim, _reduced(table, transform)) for name, table in tables.items()})
    return {"dim": dim, "bytes_per_item": dim * BYTES}


def _reduced(table: VectorTable, transform: Transform) -> Iterator[Block]:
    with tqdm(total=len(table), desc=f"reduce {table.name}", unit="vector", mininterval=1) as progress:
        for block in table:
            yield Block(block.ids, transform(block.vectors))
            progress.update(len(block.ids))
