"""One rule for what published files are known to have: each is taken or left out, and counted.

Of products that stand twice the first counts; of judgments that stand twice the highest. Left out are products and
queries without an id or a text, judgments of what is not there, and, unless people judge the data set, queries to
which nothing is relevant then.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from itemvec.core.columns import GAIN, GROUP, ITEM, QUERY, TEXT, attributes_of
from itemvec.core.errors import DatasetError
from itemvec.core.shown import shown
from itemvec.datasets.attributes import first_rows
from itemvec.datasets.base import GIVEN, Tables, as_tables
from itemvec.datasets.encoded_ids import is_among
from itemvec.datasets.gains import Gain, gains_of, not_negative
from itemvec.datasets.judgment_log import is_judging
from itemvec.datasets.reading import is_sample, note
from itemvec.datasets.written import is_written

__all__ = [
    "Gain",
    "gains_of",
    "judged_tables",
    "only",
    "unique_items",
    "unique_judgments",
    "unique_queries",
    "written_items",
]
ABSENT = 0.5  # share of judgments of what is not there, from which files do not belong together


def judged_tables(root: Path, items: Any, queries: Any, qrels: Any, interactions: Any = None) -> Tables:
    """Tables of a judged data set, by the rule of this module.

    Raises
    ------
    DatasetError
        Half of the judgments or more name an item or a query that is not there.
    """
    items, queries = unique_items(items, root), unique_queries(queries, root)
    for key, known in ((ITEM, items), (QUERY, queries)):
        qrels = _present(qrels, key, known[key], root)
    items = written_items(items, root)
    queries = _told(queries, _has_text(queries), root, "the query has no text")
    qrels = only(qrels, ITEM, items[ITEM])
    gains = not_negative(qrels[GAIN].combine_chunks(), root)
    qrels = unique_judgments(qrels.set_column(qrels.column_names.index(GAIN), GAIN, gains), root)
    if not is_judging(root):
        answered = _within(queries, QUERY, qrels[QUERY].filter(pc.greater(qrels[GAIN], 0)))
        queries = _told(queries, answered, root, "no item is relevant to the query")
    if GROUP not in queries.column_names:
        queries = queries.append_column(GROUP, pa.repeat(pa.scalar(GIVEN), len(queries)))
    return as_tables(root, items, interactions, queries, only(qrels, QUERY, queries[QUERY]))


def unique_items(items: Any, root: Path) -> Any:
    """Items of which each id stands once: the first; counted, and those that had another text or no id."""
    items = _told(items, is_written(items[ITEM]), root, "the item has no id")
    distinct = len(pc.unique(items[ITEM]))
    if distinct == len(items):
        return items
    first = items.group_by(ITEM, use_threads=False).aggregate([(TEXT, "first"), (TEXT, "count_distinct")])
    others = pc.sum(pc.greater(first[f"{TEXT}_count_distinct"], 1)).as_py()
    more = f"; {others:,} have another text there" if others else ""
    note("left out", root, f"the product stands there before, and the first counts{more}", len(items) - distinct)
    named = first.select([ITEM, f"{TEXT}_first"]).rename_columns([ITEM, TEXT])
    for name in attributes_of(items.column_names):
        named = named.append_column(name, first_rows(items.select([ITEM, name]), [ITEM])[name])
    return named


def unique_queries(queries: Any, root: Path) -> Any:
    """Queries of which each id stands once: the first; counted, and those without an id."""
    queries = _told(queries, is_written(queries[QUERY]), root, "the query has no id")
    if len(pc.unique(queries[QUERY])) == len(queries):
        return queries
    codes = queries[QUERY].combine_chunks().dictionary_encode().indices.to_numpy()
    places = np.sort(np.unique(codes, return_index=True)[1])
    note("left out", root, "the query stands there before, and the first counts", len(queries) - len(places))
    return queries.take(pa.array(places))


def written_items(items: Any, root: Path) -> Any:
    """Items that have a text; the others are counted."""
    return _told(items, _has_text(items), root, "the item has no text")


def only(table: Any, key: str, known: Any) -> Any:
    """The rows whose ``key`` is among the Arrow strings ``known``."""
    return table.filter(_within(table, key, known))


def _present(qrels: Any, key: str, known: Any, root: Path) -> Any:
    """Judgments whose item or query is there; a few others are left out."""
    kept = _within(qrels, key, known)
    unknown = qrels[key].filter(pc.invert(kept))
    if not len(unknown):
        return qrels
    if len(unknown) >= ABSENT * len(qrels) and not is_sample():
        raise DatasetError(
            f"{root}: {len(unknown):,} of {len(qrels):,} judgments have an unknown {key}, as "
            f"{shown(unknown[0].as_py())}; the files are of different releases, or one is cut off: fetch them again"
        )
    if not is_sample():
        what = f"the judgment has an unknown {key}, as {shown(unknown[0].as_py())}"
        note("left out", root, what, len(unknown))
    return qrels.filter(kept)


def unique_judgments(qrels: Any, root: Path) -> Any:
    """One judgment of each query and item: the highest."""
    others = [name for name in qrels.column_names if name not in (QUERY, ITEM, GAIN)]
    parts = [(GAIN, "max"), *((name, "min") for name in others)]
    found = qrels.group_by([QUERY, ITEM]).aggregate(parts).rename_columns([QUERY, ITEM, GAIN, *others])
    if len(found) < len(qrels):
        what = "the query and item are judged more than once, and the highest counts"
        note("left out", root, what, len(qrels) - len(found))
    return found


def _has_text(table: Any) -> Any:
    return is_written(table[TEXT])


def _within(table: Any, key: str, known: Any) -> Any:
    return is_among(table[key], known)


def _told(table: Any, kept: Any, root: Path, why: str) -> Any:
    left = len(table) - (pc.sum(kept).as_py() or 0)
    if not left:
        return table  # a filter would copy a catalogue for nothing
    if not (is_sample() and "relevant" in why):  # what is relevant may stand behind the sample
        note("left out", root, why, left)
    return table.filter(kept)
