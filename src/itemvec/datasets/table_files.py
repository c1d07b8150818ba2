"""The four tables as files."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from itemvec.core.files import replacing, write_parquet
from itemvec.datasets.base import Tables
from itemvec.datasets.encoded_ids import decoded

ROWS = 1 << 20  # of a row group


def write_tables(folder: Path, tables: Tables) -> None:
    """Write ``folder/{items,interactions,queries,qrels}.parquet``; ids are plain strings there."""
    for name, table in vars(tables).items():
        if any(map(pa.types.is_dictionary, table.schema.types)):
            _write_decoded(folder / f"{name}.parquet", table)
        else:
            write_parquet(folder / f"{name}.parquet", table)


def _write_decoded(path: Path, table: pa.Table) -> None:
    """Write a table with dictionaries as strings, a row group at a time; the file is as ``write_parquet`` makes it."""
    schema = decoded(table.schema.empty_table()).schema
    with replacing(path) as partial, pq.ParquetWriter(partial, schema, compression="zstd") as writer:
        for start in range(0, max(1, len(table)), ROWS):
            writer.write_table(decoded(table.slice(start, ROWS).combine_chunks()), ROWS)
