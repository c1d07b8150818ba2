"""Variants of the vectors: the moments they start from, and a reduction fitted on the items, applied to all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from tqdm import tqdm

from itemvec.arrays import Floats
from itemvec.files import read_json, write_json
from itemvec.reducers import Decomposition, Reducer, Sample, Transform
from itemvec.reducers.base import Role
from itemvec.store import Block, VectorTable, open_vectors, write_database

MOMENTS = ".safetensors"  # beside the digest of the moments
ROLES: dict[str, Role] = {"items": "item", "queries": "query"}


def decompose(source: Path, digest: Path) -> Decomposition:
    """Compute the moments of the items that ``source`` describes, once for all variants.

    Writes them beside ``digest``, which says of what they are: rounding depends on the machine, and another machine's
    moments of equal vectors are a reason to re-run nothing.
    """
    items = read_json(source)["items"]
    moments = Decomposition.of(_watched(open_vectors(source, "items")))
    moments.write(digest.with_suffix(MOMENTS), items["sha256"])
    write_json(digest, {"items": items})
    return moments


def reduce_vectors(
    reducer: Reducer, source: Path, database: Path, seed: int, moments: Path | None = None
) -> dict[str, int]:
    """Fit ``reducer`` on the items of the database that ``source`` describes and write the reduced tables.

    Parameters
    ----------
    moments
        Digest that ``decompose`` wrote for the same source; without it a reduction that asks for moments computes them.

    Returns
    -------
    Dimensions, and bytes that an index keeps per item.
    """
    tables = {name: open_vectors(source, name) for name in ROLES}
    sha256 = read_json(source)["items"]["sha256"]
    known = None if moments is None else Decomposition.read(moments.with_suffix(MOMENTS), sha256)
    sample = Sample(tables["items"].vectors, known, tables["queries"].vectors)
    transform = reducer.fit(sample, np.random.default_rng(seed))
    dim = transform(np.zeros((1, tables["items"].dim), dtype=np.float32)).shape[1]
    write_database(database, {name: (dim, _reduced(table, transform)) for name, table in tables.items()})
    return {"dim": dim, "bytes_per_item": transform.bytes_per_item}


def _watched(table: VectorTable) -> Iterator[Floats]:
    with tqdm(total=len(table), desc="decompose", unit="vector", mininterval=1) as progress:
        for vectors in table.vectors:
            yield vectors
            progress.update(len(vectors))


def _reduced(table: VectorTable, transform: Transform) -> Iterator[Block]:
    with tqdm(total=len(table), desc=f"reduce {table.name}", unit="vector", mininterval=1) as progress:
        for block in table:
            yield Block(block.ids, transform(block.vectors, ROLES[table.name]))
            progress.update(len(block.ids))
