"""Vector databases: a LanceDB folder, and beside it a digest of its content."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from itemvec.core.arrays import Floats, Ids
from itemvec.core.columns import ITEM, QUERY, VECTOR
from itemvec.core.errors import TableError
from itemvec.core.files import read_json, replacing, write_json
from itemvec.store import lance
from itemvec.store.digest import Digest, Hasher

KEYS = {"items": ITEM, "queries": QUERY}  # table -> its id column; a table of a further seed is `items-43`
CONTENT = "content.json"  # a copy of the digest inside the folder, to check that folder and digest belong together
ROWS, BYTES = 8192, 1 << 25  # at most, of a block: what is in memory at a time


class Block(NamedTuple):
    """Some rows of a table: ids of shape (n,), vectors float32 of shape (n, dim)."""

    ids: Ids
    vectors: Floats


@dataclass(frozen=True)
class VectorTable:
    """One table of a vector database. Iterating reads it from disk, a block at a time."""

    database: Path
    name: str
    rows: int
    dim: int

    def __len__(self) -> int:
        return self.rows

    def __iter__(self) -> Iterator[Block]:
        key, rows = _key(self.name), min(ROWS, max(BYTES // (4 * self.dim), 1))
        for batch in lance.scan(lance.connect(self.database).open_table(self.name), [key, VECTOR], rows):
            yield Block(batch[key], batch[VECTOR].flatten().to_numpy().reshape(len(batch), self.dim))

    def ids(self) -> Ids:
        """The ids only, Arrow strings of shape (rows,)."""
        key = _key(self.name)
        batches = lance.scan(lance.connect(self.database).open_table(self.name), [key], ROWS)
        return pa.chunked_array([batch[key] for batch in batches], pa.string()).combine_chunks()

    @property
    def vectors(self) -> Vectors:
        """The vectors only, a block at a time; may be iterated more than once."""
        return Vectors(self)

    def load(self) -> Block:
        """The whole table in memory."""
        ids, vectors = [], np.empty((self.rows, self.dim), dtype=np.float32)
        start = 0
        for block in self:
            ids.append(block.ids)
            vectors[start : start + len(block.ids)] = block.vectors
            start += len(block.ids)
        return Block(pa.chunked_array(ids, pa.string()).combine_chunks(), vectors)


@dataclass(frozen=True)
class Vectors:
    """The vectors of a table without their ids, in the order of the ids."""

    table: VectorTable

    def __iter__(self) -> Iterator[Floats]:
        for block in self.table:
            yield block.vectors


def write_database(database: Path, tables: Mapping[str, tuple[int, Iterable[Block]]]) -> dict[str, Digest]:
    """Stream tables into a new database, then write their digests beside it.

    Parameters
    ----------
    database
        Folder of the database; replaced as a whole, once every table is written. Its digest is ``<database>.digest``.
    tables
        Name of each table, the width of its vectors, and its blocks. Of vectors that were learnt with another seed the
        name is ``items-SEED`` or ``queries-SEED``, for all seeds or, where they change nothing, for none.

    Raises
    ------
    TableError
        A block has another width, or a vector holds NaN or infinity.
    """
    hashers = {name: Hasher(_key(name), dim) for name, (dim, _) in tables.items()}
    with replacing(database) as partial:
        for name, (dim, blocks) in tables.items():
            schema = pa.schema(
                [pa.field(_key(name), pa.string(), metadata=lance.PLAIN), (VECTOR, pa.list_(pa.float32(), dim))]
            )
            lance.create(partial, name, schema, _batches(name, blocks, schema, hashers[name]))
        digests = {name: hasher.digest() for name, hasher in hashers.items()}
        content = {name: asdict(one) for name, one in digests.items()}
        write_json(partial / CONTENT, content)
    write_json(database.with_name(f"{database.name}.digest"), content)
    return digests


def _batches(name: str, blocks: Iterable[Block], schema: pa.Schema, hasher: Hasher) -> Iterator[pa.RecordBatch]:
    for ids, vectors in blocks:
        if vectors.shape != (len(ids), hasher.dim):
            raise TableError(f"{name}: expected vectors of shape ({len(ids)}, {hasher.dim}), got {vectors.shape}")
        broken = np.flatnonzero(~np.isfinite(vectors).all(axis=1))
        if len(broken):
            raise TableError(
                f"{name}: {len(broken)} vectors hold NaN or infinity, the first of {ids[int(broken[0])].as_py()!r}; "
                "check its text and the model's dtype"
            )
        hasher.update(ids, vectors)
        flat = pa.array(np.ascontiguousarray(vectors, dtype=np.float32).ravel())
        yield pa.record_batch([ids, pa.FixedSizeListArray.from_arrays(flat, hasher.dim)], schema=schema)


def _key(name: str) -> str:
    return KEYS[name.split("-")[0]]


def further_seeds(digest: Path, *names: str) -> list[int]:
    """Seeds with which the tables ``names`` were learnt beside the first; empty where nothing was random."""
    found = (name.split("-") for name in read_json(digest))
    return sorted({int(seed[0]) for name, *seed in found if name in names and seed})


def open_vectors(digest: Path, name: str, seed: int | None = None) -> VectorTable:
    """Open one table of the database that ``digest`` describes.

    Parameters
    ----------
    seed
        One of ``further_seeds``, whose table is opened where it has one of its own.

    Raises
    ------
    TableError
        The database is missing or does not hold what the digest says.
    """
    database = digest.with_suffix("")
    if not database.is_dir():
        raise TableError(f"{database} is missing; run `dvc checkout` or `dvc pull`, else `dvc repro`")
    said = read_json(digest)
    if read_json(database / CONTENT) != said:
        raise TableError(f"{database}: its content does not match {digest.name}; run `dvc checkout`")
    own = f"{name}-{seed}"
    name = own if own in said else name
    return VectorTable(database, name, said[name]["rows"], said[name]["dim"])
