"""Shared parts of data sets with graded judgments: labels to gains, and removal of items and queries without use."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import pyarrow as pa
import pyarrow.compute as pc
from annotated_types import Ge

from itemvec.core.columns import GAIN, GROUP, ITEM, QUERY, TEXT
from itemvec.core.errors import DatasetError
from itemvec.core.progress import say
from itemvec.core.registry import suggest
from itemvec.datasets.base import GIVEN, Tables, as_tables

Gain = Annotated[float, Ge(0)]


def gains_of(labels: Any, gains: Mapping[str, float], where: object) -> Any:
    """The gain of each label, float64.

    Raises
    ------
    DatasetError
        A label is not among ``gains``.
    """
    found = pc.index_in(labels, value_set=pa.array(list(gains), pa.string()))
    if found.null_count:
        label = pc.filter(labels, pc.is_null(found))[0].as_py()
        raise DatasetError(f"{where}: {found.null_count:,} rows have a label like {label!r}{suggest(label, gains)}")
    return pa.array(list(gains.values()), pa.float64()).take(found)


def judged_tables(root: Path, items: Any, queries: Any, qrels: Any) -> Tables:
    """Tables of a judged data set.

    Of several judgments of the same query and item, the highest counts. Items without a text are left out, and then
    queries without a relevant item; their numbers are printed.

    Raises
    ------
    DatasetError
        A judgment names an item or a query that does not exist.
    """
    for key, known in ((ITEM, items), (QUERY, queries)):
        unknown = qrels[key].filter(pc.invert(_within(qrels, key, known[key])))
        if len(unknown):
            raise DatasetError(
                f"{root}: {len(unknown):,} judgments have an unknown {key}, as {unknown[0].as_py()!r}; "
                "the files are of different releases, or one is incomplete: fetch them again"
            )
    written = pc.match_substring_regex(items[TEXT], r"\S")
    items = _told(items, written, f"{root}: {{}} items were left out, which have no text")
    qrels = only(qrels, ITEM, items[ITEM])
    qrels = qrels.group_by([QUERY, ITEM]).aggregate([(GAIN, "max")]).rename_columns([QUERY, ITEM, GAIN])
    answered = _within(queries, QUERY, qrels[QUERY].filter(pc.greater(qrels[GAIN], 0)))
    queries = _told(queries, answered, f"{root}: {{}} queries were left out, to which no item is relevant")
    if GROUP not in queries.column_names:
        queries = queries.append_column(GROUP, pa.repeat(pa.scalar(GIVEN), len(queries)))
    return as_tables(root, items, queries=queries, qrels=only(qrels, QUERY, queries[QUERY]))


def only(table: Any, key: str, known: Any) -> Any:
    """The rows whose ``key`` is among the Arrow strings ``known``."""
    return table.filter(_within(table, key, known))


def _within(table: Any, key: str, known: Any) -> Any:
    return pc.is_in(table[key], value_set=pc.unique(known))


def _told(table: Any, kept: Any, sentence: str) -> Any:
    left = len(table) - (pc.sum(kept).as_py() or 0)
    if not left:
        return table  # a filter would copy a catalogue for nothing
    say(sentence.format(f"{left:,}"))
    return table.filter(kept)
