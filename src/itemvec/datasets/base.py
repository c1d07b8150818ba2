"""What every data set becomes: four tables of the same form."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from itemvec.core import columns
from itemvec.core.columns import HIDDEN, ITEM, PART, QUERY
from itemvec.core.errors import DatasetError
from itemvec.core.registry import Registry
from itemvec.datasets.by_user import by_user
from itemvec.datasets.encoded_ids import ENCODED
from itemvec.datasets.raw_tables import column, ids, strings


@dataclass(frozen=True)
class Tables:
    """Arrow tables of the schemas in ``columns``, in an order that depends on their content alone.

    Items, queries and judgments are sorted by id, interactions by user and time; equal times stay as they came.
    Interactions and queries have the column ``split`` where the data set brings its own, and only there. Queries have
    the column ``hidden_item`` where an item must not be ranked for its own query. Further columns of items are their
    attributes, lists of strings; further columns of interactions are numbers. Strings of interactions are dictionaries,
    since they repeat; in the files that ``write_tables`` makes they are plain.
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
    described = _with_more(columns.ITEMS, columns.attributes_of(_names(items)), columns.ATTRIBUTE)
    done = _with_more(done, columns.events_of(_names(interactions)), columns.EVENT)
    return Tables(
        _conform(items, described, f"{root}: items", [ITEM]),
        _conform(interactions, done, f"{root}: interactions"),
        _conform(queries, asked, f"{root}: queries", [QUERY]),
        _conform(qrels, columns.QRELS, f"{root}: qrels", [QUERY, ITEM]),
    )


def _is_divided(table: Any) -> bool:
    return table is not None and PART in table.column_names


def _names(table: Any) -> list[str]:
    return [] if table is None else list(table.column_names)


def _with_more(schema: pa.Schema, names: list[str], kind: Any) -> pa.Schema:
    """The schema with further columns of one type."""
    return pa.schema([*schema, *(pa.field(name, kind) for name in names)])


def _conform(table: Any, schema: pa.Schema, where: str, order: list[str] | None = None) -> Any:
    """Columns of the schema in the ``order`` of some; without one, by user and time, and strings as dictionaries."""
    text = strings if order else ids
    kinds = [ENCODED if pa.types.is_string(field.type) and not order else field.type for field in schema]
    wanted = pa.schema(list(zip(schema.names, kinds, strict=True)))
    if table is None:
        return wanted.empty_table()
    try:
        columns = [
            text(table, field.name, where) if pa.types.is_string(field.type) else column(table, field.name, where)
            for field in schema
        ]
        whole = pa.table(columns, schema.names).cast(wanted)
        return _ordered(whole, order) if order else by_user(whole)
    except pa.ArrowException as error:
        raise DatasetError(f"{where}: {error}; expected {_described(schema)}") from None


def _ordered(table: Any, names: list[str]) -> Any:
    """The rows sorted by ``names``, equal ones as they came.

    Arrow joins the chunks of a column before it takes rows from them, and 2 GiB of strings are too many for one. So
    the rows are parted by rank into blocks of about ``BLOCK`` bytes, and each is sorted by itself.
    """
    order = pc.sort_indices(table.select(names), sort_keys=[(name, "ascending") for name in names]).to_numpy()
    size = -(-len(table) // (1 + table.nbytes // BLOCK))
    if np.array_equal(order, np.arange(len(order))) and all(one.num_chunks == 1 for one in table.columns):
        return table
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
