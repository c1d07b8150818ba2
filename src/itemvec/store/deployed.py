"""A LanceDB folder to deploy: ids, texts and vectors of the items, and indexes of vectors and of texts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from itemvec.core.columns import ITEM, TEXT, VECTOR
from itemvec.core.errors import TableError
from itemvec.store import lance
from itemvec.store.lancedb_index import Distance, IndexKind, index_texts, index_vectors
from itemvec.store.vectors import VectorTable

NAME = "items"


def write_deployed(
    folder: Path,
    texts: Path,
    vectors: VectorTable,
    index: IndexKind | None,
    distance: Distance,
    options: dict[str, int | None],
) -> Any:
    """Write the table ``items`` and its indexes; return it.

    Parameters
    ----------
    texts
        Parquet file of the items, whose ids are those of ``vectors`` in the same order.
    index
        Kind of the vector index; None leaves LanceDB to compare all vectors.
    options
        Options of the index, as LanceDB names them.

    Raises
    ------
    TableError
        The items are others than the vectors are of.
    """
    lance.create(folder, NAME, schema(vectors.dim), _batches(texts, vectors))
    table = lance.connect(folder).open_table(NAME)
    if index is not None:
        index_vectors(table, index, distance, options)
    index_texts(table)
    return table


def schema(dim: int) -> Any:
    """Columns of the table."""
    return pa.schema([(ITEM, pa.string()), (TEXT, pa.string()), (VECTOR, pa.list_(pa.float32(), dim))])


def _batches(texts: Path, vectors: VectorTable) -> Iterator[Any]:
    known = pq.ParquetFile(texts)
    if known.metadata.num_rows != len(vectors):
        raise TableError(f"{vectors.database}: its items are not those of {texts}; run `dvc repro`")
    found = pa.Table.from_batches(known.iter_batches(columns=[ITEM, TEXT]))  # texts alone are held in memory
    start = 0
    for block in vectors:
        rows = found.slice(start, len(block.ids)).combine_chunks()
        if not rows[ITEM].combine_chunks().equals(block.ids):
            raise TableError(f"{vectors.database}: its items are not those of {texts}; run `dvc repro`")
        flat = pa.array(np.ascontiguousarray(block.vectors).ravel())
        columns = [block.ids, rows[TEXT].combine_chunks(), pa.FixedSizeListArray.from_arrays(flat, vectors.dim)]
        yield pa.record_batch(columns, schema=schema(vectors.dim))
        start += len(block.ids)
