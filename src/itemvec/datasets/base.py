"""The interface of data sets, and the four tables that every data set is converted to."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from itemvec.core import columns
from itemvec.core.columns import ITEM, PART, QUERY, TIME, USER
from itemvec.core.errors import DatasetError
from itemvec.core.registry import Registry
from itemvec.datasets.raw_tables import column, strings


@dataclass(frozen=True)
class Tables:
    """Arrow tables of the schemas in ``columns``.

    Items, queries and judgments are sorted by id, interactions by user and time; equal times keep the order of the
    file. Interactions and queries have the column ``split`` only if the data set has its own split.
    """

    items: Any
    interactions: Any
    queries: Any
    qrels: Any


class Dataset(Protocol):
    """Reads the raw files of one data set."""

    def load(self, root: Path) -> Tables:
        """Convert the files below ``root`` to tables.

        Raises
        ------
        DatasetError
            A file is missing or damaged, or lacks a column.
        """
        ...


BLOCK = 1 << 26  # bytes sorted at a time
GIVEN = "given"  # group of queries that the data set itself provides
DATASETS: Registry[Dataset] = Registry("dataset")


def as_tables(root: Path, items: Any, interactions: Any = None, queries: Any = None, qrels: Any = None) -> Tables:
    """Bring raw Arrow tables into their final form; a table that a data set lacks is empty."""
    done = columns.DIVIDED if _is_divided(interactions) else columns.INTERACTIONS
    asked = columns.DIVIDED_QUERIES if _is_divided(queries) else columns.QUERIES
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
    """The rows sorted by ``names``; ties keep their order.

    Arrow joins the chunks of a column before it takes rows from it, and one chunk holds less than 2 GiB of strings. So
    the rows are divided by rank into blocks of about ``BLOCK`` bytes, and each block is sorted separately.
    """
    order = pc.sort_indices(table.select(names), sort_keys=[(name, "ascending") for name in names]).to_numpy()
    size = -(-len(table) // (1 + table.nbytes // BLOCK))
    if size >= len(table):
        return table.take(order)
    ranks = np.empty(len(table), np.int64)
    ranks[order] = np.arange(len(table))
    blocks = []
    for start in range(0, len(table), size):
        inside = (ranks >= start) & (ranks < start + size)
        blocks.append(table.filter(pa.array(inside)).take(np.argsort(ranks[inside])))
    return pa.concat_tables(blocks)


def _described(schema: pa.Schema) -> str:
    return ", ".join(f"{field.name} ({field.type})" for field in schema)
