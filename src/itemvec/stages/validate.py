"""Validation of the prepared tables against their expectations, before anything is computed from them."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from itemvec.core.columns import (
    ATTRIBUTE,
    EVENT,
    GAIN,
    ITEM,
    PART,
    PARTS,
    PEOPLE_JUDGE,
    QUERY,
    QUERY_PARTS,
    TIME,
    USER,
    attributes_of,
    events_of,
)
from itemvec.core.engine import HERE, Engine
from itemvec.core.errors import ExpectationError
from itemvec.stages.checked_table import ROWS, CheckedTable
from itemvec.stages.streamed_expectations import meet_streamed

KEYS = {"items": [ITEM], "interactions": [USER, ITEM, PART], "queries": [QUERY, PART], "qrels": [QUERY, ITEM]}
ENCODED = {"interactions": [USER, ITEM, PART]}  # of the table that may have the most rows
TOGETHER = 1 << 24  # rows whose ids are looked up together, since each look-up begins with all that are known


def validate(paths: dict[str, Path], suites: Path, engine: Engine = HERE) -> dict[str, dict[str, int]]:
    """Check every table, and references between tables.

    Parameters
    ----------
    paths
        Parquet files of ``items``, ``interactions``, ``queries`` and ``qrels``.
    suites
        Folder of ``<table>.json``.
    engine
        Where blocks of rows are checked.

    Returns
    -------
    Numbers of rows and of expectations met, by table, and of ``tied`` interactions: those at the same time as another
    of their user.

    Raises
    ------
    ExpectationError
        Expectations are broken: one line for each, over all tables.
    """
    tables = {name: CheckedTable(path, ENCODED.get(name, [])) for name, path in paths.items()}
    if not any(len(tables[name]) for name in ("interactions", "queries", "qrels")):
        raise ExpectationError(
            "interactions, queries and qrels are all empty: there is nothing to measure; add one of them"
        )
    _refer(tables)
    met, broken = {}, []
    for name, table in tables.items():
        try:
            keys = [key for key in KEYS[name] if key in table.names]
            n_met = meet_streamed(table, suites / f"{name}.json", keys, name, engine)
            met[name] = {"rows": len(table), "expectations": n_met}
        except ExpectationError as error:
            broken.append(error.message)
    if broken:
        raise ExpectationError("\n".join(broken))
    met["interactions"]["tied"] = _tied(tables["interactions"])
    return met


def _tied(interactions: CheckedTable) -> int:
    """Rows with the user and time of a neighbour; rows are sorted by both, as ``prepare`` writes them."""
    found, before, counted = 0, None, False  # the last row so far, and whether it is counted
    for table in interactions.tables(ROWS, [USER, TIME], plain=True):
        table = table.combine_chunks() if before is None else pa.concat_tables([before, table]).combine_chunks()
        same = np.asarray(_equal(table[USER], missing=True)) & np.asarray(_equal(table[TIME], missing=False))
        tied = np.append(same, False) | np.append(False, same)
        found += int(np.count_nonzero(tied)) - int(counted and tied[0])
        before, counted = table.slice(len(table) - 1), bool(tied[-1])
    return found


def _equal(values: Any, missing: bool) -> Any:
    """Whether each value is that of the row before, from the second on; ``missing`` says whether two gaps are equal."""
    gaps = pc.and_(values[1:].is_null(), values[:-1].is_null()) if missing else False
    return pc.or_(pc.equal(values[1:], values[:-1]).fill_null(False), gaps)


def _refer(tables: dict[str, CheckedTable]) -> None:
    """Add columns from other tables: whether item and query are known, and the number of relevant items."""
    items = _column(tables["items"], ITEM)
    for name in ("interactions", "qrels"):
        tables[name].added["item_is_known"] = _among(tables[name], ITEM, items)
    for name, known in (("interactions", PARTS), ("queries", QUERY_PARTS)):
        has_parts = PART in tables[name].names  # most data sets have no such column
        everywhere = pa.repeat(pa.scalar(True), len(tables[name]))
        found = _among(tables[name], PART, pa.array(known)) if has_parts else everywhere
        tables[name].added["split_is_known"] = found
    tables["items"].added["attributes_are_written"] = _kept(tables["items"], attributes_of, _is_written)
    tables["interactions"].added["events_are_numbers"] = _kept(tables["interactions"], events_of, _is_number)
    queries, qrels = _column(tables["queries"], QUERY), tables["qrels"]
    qrels.added["query_is_known"] = _among(qrels, QUERY, queries)
    found = _n_relevant(queries, qrels)
    if PEOPLE_JUDGE in tables["queries"].names:
        found = pc.if_else(_among(tables["queries"], PEOPLE_JUDGE, pa.array([True])), 1, found)
    tables["queries"].added["n_relevant"] = found


def _kept(table: CheckedTable, among: Callable[[list[str]], list[str]], fits: Callable[[Any], Any]) -> Any:
    """For each row, whether all of its further columns are as they must be; most data sets have none."""
    names = [name for name in among(table.names) if name not in table.added]
    good: Any = pa.repeat(pa.scalar(True), len(table))
    parts = [[fits(part[name].combine_chunks()) for part in table.tables(ROWS, [name], plain=True)] for name in names]
    for found in parts:
        good = pc.and_(good, pa.chunked_array(found, pa.bool_()).combine_chunks())
    return good


def _is_written(values: Any) -> Any:
    """Whether each list has words alone; a missing list is none."""
    if values.type != ATTRIBUTE:
        return pa.repeat(pa.scalar(False), len(values))
    bad = pc.invert(pc.match_substring_regex(pc.list_flatten(values), r"\S").fill_null(False))
    rows = pc.list_parent_indices(values).filter(bad)
    fits = np.asarray(values.is_valid())
    fits[np.asarray(rows)] = False
    return pa.array(fits)


def _is_number(values: Any) -> Any:
    """Whether each value is a finite number, or missing."""
    if values.type != EVENT:
        return pa.repeat(pa.scalar(False), len(values))
    return pc.is_finite(values).fill_null(True)


def _column(table: CheckedTable, name: str) -> Any:
    chunks = [part[name].chunk(0) for part in table.tables(ROWS, [name], plain=True) if len(part)]
    return pa.chunked_array(chunks, pa.string())


def _among(table: CheckedTable, name: str, known: Any) -> Any:
    """Whether each value is among the ``known``; two missing ones are equal."""
    found = [pc.is_in(chunk, value_set=known) for chunk in _chunks(table, name)]
    return pa.chunked_array([one for part in found for one in part.chunks], pa.bool_()).combine_chunks()


def _chunks(table: CheckedTable, name: str) -> Iterator[Any]:
    """A column, ``TOGETHER`` rows or so at a time."""
    waiting: list[Any] = []
    for part in table.tables(ROWS, [name], plain=True):
        waiting += part[name].chunks
        if sum(map(len, waiting)) >= TOGETHER:
            yield pa.chunked_array(waiting)
            waiting = []
    if waiting:
        yield pa.chunked_array(waiting)


def _n_relevant(queries: Any, qrels: CheckedTable) -> Any:
    """For each query, the number of judgments of known items whose gain is above zero; int64."""
    counts, start = np.zeros(len(queries) + 1, np.int64), 0
    distinct = pc.unique(queries).drop_null()
    for part in qrels.tables(ROWS, [QUERY, GAIN], plain=True):
        known = qrels.added["item_is_known"].slice(start, len(part))
        relevant = pc.and_(pc.greater(part[GAIN], 0).fill_null(False), known)
        places = pc.index_in(part[QUERY].filter(relevant), value_set=distinct).drop_null()
        counts += np.bincount(places.to_numpy(), minlength=len(counts))
        start += len(part)
    places = pc.index_in(queries, value_set=distinct).fill_null(len(queries)).to_numpy()
    return pa.array(np.where(places < len(queries), counts[places], 0))
