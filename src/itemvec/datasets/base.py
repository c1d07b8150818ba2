"""What every data set becomes: four tables of the same form."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from itemvec.core import columns
from itemvec.core.columns import HIDDEN, ITEM, PART, QUERY, TIME, USER
from itemvec.core.errors import DatasetError
from itemvec.core.registry import Registry
from itemvec.datasets.raw_tables import column, strings


@dataclass(frozen=True)
class Tables:
    """Arrow tables of the schemas in ``columns``, in an order that depends on their content alone.

    Items, queries and judgments are sorted by id, interactions by user and time; equal times stay as they came.
    Interactions and queries have the column ``split`` where the data set brings its own, and only there. Queries have
    the column ``hidden_item`` where an item must not be ranked for its own query.
    """

    items: Any
    interactions: Any
    queries: Any
    qrels: Any


class Dataset(Protocol):
    """Reads the raw files of one data set."""

    def load(self, root: Path) -> Tables:
        """Turn the files below ``root`` into tables.

        Raises
        ------
        DatasetError
            A file is missing or torn, or lacks a column.
        """
        ...


BLOCK = 1 << 26  # bytes sorted at a time
GIVEN = "given"  # group of the queries that came with the data
DATASETS: Registry[Dataset] = Registry("dataset")


def as_tables(root: Path, items: Any, interactions: Any = None, queries: Any = None, qrels: Any = None) -> Tables:
    """Bring raw Arrow tables into their final form; a table a data set does not have stays empty."""
    done = columns.DIVIDED if _is_divided(interactions) else columns.INTERACTIONS
    asked = columns.DIVIDED_QUERIES if _is_divided(queries) else columns.QUERIES
    if queries is not None and HIDDEN in queries.column_names:
        asked = asked.append(pa.field(HIDDEN, pa.string()))
    return Tables(
        _conform(items, columns.ITEMS, f"{root}: items", [ITEM]),
        _conform(interactions, done, f"{root}: interactions", [USER, TIME]),
        _conform(queries, asked, f"{root}: queries", [QUERY]),
        _conform(qrels, columns.QRELS, f"{root}: qrels", [QUERY, ITEM]),
    )


def _is_divided(table: Any) -> bool:
    return table is not None and PART in table.column_names


def _conform(table: Any, schema: pa.Schema, where: str, order: list[str]) -> Any:
    if table is None:
        return schema.empty_table()
    columns = [
        strings(table, field.name, where) if pa.types.is_string(field.type) else column(table, field.name, where)
        for field in schema
    ]
    try:
        return _ordered(pa.table(columns, schema.names).cast(schema), order)
    except pa.ArrowException as error:
        raise DatasetError(f"{where}: {error}; expected {_described(schema)}") from None


def _ordered(table: Any, names: list[str]) -> Any:
    """The rows sorted by ``names``, equal ones as they came.

    Arrow joins the chunks of a column before it takes rows from them, and 2 GiB of strings are too many for one. So
    the rows are parted by rank into blocks of about ``BLOCK`` bytes, and each is sorted by itself.
    """
    order = pc.sort_indices(table.select(names), sort_keys=[(name, "ascending") for name in names]).to_numpy()
    size = -(-len(table) // (1 + table.nbytes // BLOCK))
    if size >= len(table):
        return table.take(order)
    ranks = np.empty(len(table), np.min_scalar_type(len(table)))  # four bytes each, up to four billion rows
    ranks[order] = np.arange(len(table), dtype=ranks.dtype)
    del order
    blocks = []
    for start in range(0, len(table), size):
        inside = (ranks >= start) & (ranks < start + size)
        blocks.append(table.filter(pa.array(inside)).take(np.argsort(ranks[inside])))
    return pa.concat_tables(blocks)


def _described(schema: pa.Schema) -> str:
    return ", ".join(f"{field.name} ({field.type})" for field in schema)
