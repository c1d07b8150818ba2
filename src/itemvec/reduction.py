"""One variant of the vectors: a reduction fitted on the items, applied to items and queries."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow.compute as pc
from numpy.typing import NDArray
from tqdm import tqdm

from itemvec.arrays import Ids
from itemvec.columns import PART, QUERY
from itemvec.decomposition import read_moments
from itemvec.files import read_parquet
from itemvec.judging import Asked
from itemvec.reducers import Reducer, Sample, Transform, Trial
from itemvec.reducers.base import Role
from itemvec.store import Block, VectorTable, open_vectors, write_database

ROLES: dict[str, Role] = {"items": "item", "queries": "query"}


class Judging(NamedTuple):
    """Parquet files of queries, and of what is relevant to them."""

    queries: Path
    qrels: Path


def reduce_vectors(
    reducer: Reducer,
    source: Path,
    database: Path,
    seed: int,
    moments: Path | None = None,
    judging: Judging | None = None,
) -> dict[str, int]:
    """Fit ``reducer`` on the items of the database that ``source`` describes and write the reduced tables.

    Parameters
    ----------
    moments
        Digest that ``decompose`` wrote for the same source; without it a reduction that asks for moments computes them.
    judging
        For a reduction that asks what is relevant; it gets to see the half of ``deciding``.

    Returns
    -------
    Dimensions, and bytes that an index keeps per item.
    """
    tables = {name: open_vectors(source, name) for name in ROLES}
    known = None if moments is None else read_moments(moments, source)
    trial = None if judging is None else partial(_trial, source, judging, seed)
    sample = Sample(tables["items"].vectors, known, tables["queries"].vectors, trial)
    transform = reducer.fit(sample, np.random.default_rng(seed))
    dim = transform(np.zeros((1, tables["items"].dim), dtype=np.float32)).shape[1]
    write_database(database, {name: (dim, _reduced(table, transform)) for name, table in tables.items()})
    return {"dim": dim, "bytes_per_item": transform.bytes_per_item}


def _trial(source: Path, judging: Judging, seed: int) -> Trial:
    asked = Asked.load(source, judging.queries, judging.qrels, open_vectors(source, "items").ids())
    rows = np.flatnonzero(deciding(read_parquet(judging.queries), asked.judgments.ids, seed))
    return Trial(asked.vectors[rows], asked.judgments.take(rows))


def deciding(queries: Any, judged: Ids, seed: int) -> NDArray[np.bool_]:
    """Which of the ``judged`` queries, ids of shape (n,), may decide what is kept, bool of shape (n,).

    Those that are not for testing, where the table of queries says which are; else one half by lot.
    """
    if PART not in queries.column_names:
        return np.asarray(np.random.default_rng(seed).permutation(len(judged)) % 2 == 0)
    parts = queries[PART].combine_chunks().take(pc.index_in(judged, value_set=queries[QUERY].combine_chunks()))
    return np.array([part != "test" for part in parts.to_pylist()], dtype=bool)


def _reduced(table: VectorTable, transform: Transform) -> Iterator[Block]:
    with tqdm(total=len(table), desc=f"reduce {table.name}", unit="vector", mininterval=1) as progress:
        for block in table:
            yield Block(block.ids, transform(block.vectors, ROLES[table.name]))
            progress.update(len(block.ids))
