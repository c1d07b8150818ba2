"""What does not fit together in tables of one's own, named by file, row, column and value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from itemvec.core.columns import GAIN, ITEM, PART, PARTS, QUERY, QUERY_PARTS, TEXT, USER
from itemvec.datasets.encoded_ids import distinct, is_among, of_each
from itemvec.datasets.judgment_log import is_judging
from itemvec.datasets.own_tables import Sourced
from itemvec.datasets.problem_rows import refuse
from itemvec.datasets.reading import is_sample, problem
from itemvec.datasets.written import is_written

WRITE = "add it, leave the row out, or write `on_error: drop` into the row of the data set"


def survey(raw: Mapping[str, Sourced | None]) -> None:
    """Note every problem of the tables ``items``, ``interactions``, ``queries`` and ``qrels``, as they stand in files.

    What one table says of another is looked at only where both were read to their ends.
    """
    items, interactions, queries, qrels = (raw[name] for name in ("items", "interactions", "queries", "qrels"))
    for one, keys in ((items, [ITEM, TEXT]), (interactions, [USER, ITEM]), (queries, [QUERY, TEXT]), (qrels, [])):
        for key in keys:
            _empty(one, key)
    _parts(interactions, PARTS)
    _parts(queries, QUERY_PARTS)
    if qrels is not None:
        gains = qrels.table[GAIN].combine_chunks()
        below = pc.less(gains, 0).fill_null(False)
        refuse(below, gains, f"{qrels.path}: {GAIN} is below zero", "write 0 for what is not relevant")
    if not is_sample():
        _unknown(interactions, ITEM, items)
        _unknown(qrels, ITEM, items)
        _unknown(qrels, QUERY, queries)
        _unanswered(queries, qrels)
    if items is not None and interactions is None and not _asked(queries, qrels):
        problem(f"{items.path.parent}: has neither interactions nor queries and qrels: there is nothing to measure")


def _asked(queries: Sourced | None, qrels: Sourced | None) -> bool:
    """Whether search can be measured, now or once people have judged."""
    return queries is not None and (qrels is not None or is_judging(queries.path.parent))


def _empty(one: Sourced | None, key: str) -> None:
    if one is None:
        return
    values = one.table[key].combine_chunks()
    bad = pc.invert(of_each(values, is_written))
    refuse(bad, values, f"{one.path}: {key} is empty", "fill it, or leave the row out")


def _parts(one: Sourced | None, known: tuple[str, ...]) -> None:
    if one is None or PART not in one.table.column_names:
        return
    values = one.table[PART].combine_chunks()
    bad = pc.invert(is_among(values, pa.array(known)))
    refuse(bad, values, f"{one.path}: {PART} is none of {', '.join(known)}", "write one of these, or drop the column")


def _unknown(one: Sourced | None, key: str, other: Sourced | None) -> None:
    if one is None or other is None:
        return
    values = one.table[key].combine_chunks()
    bad = pc.invert(is_among(values, other.table[key]))
    refuse(bad, values, f"{one.path}: {key} is not in {other.path.name}{_normal(values, bad, other, key)}", WRITE)


def _normal(values: Any, bad: Any, other: Sourced, key: str) -> str:
    """Say where ids differ only in how accents are written."""
    some = pc.utf8_normalize(values.filter(bad).slice(0, 1000).cast(pa.string()), "NFC")
    if not len(some):
        return ""
    known = pc.utf8_normalize(distinct(other.table[key]), "NFC")
    if pc.any(pc.is_in(some, value_set=known)).as_py():
        return " (it is, with accents written in another way: NFD against NFC)"
    return ""


def _unanswered(queries: Sourced | None, qrels: Sourced | None) -> None:
    if queries is None or qrels is None or is_judging(queries.path.parent):
        return
    relevant = qrels.table[QUERY].filter(pc.greater(qrels.table[GAIN], 0))
    values = queries.table[QUERY].combine_chunks()
    bad = pc.invert(is_among(values, relevant))
    advice = "add judgments, leave the query out, or write `on_error: drop` into the row of the data set"
    refuse(bad, values, f"{queries.path}: no item is relevant to {QUERY}", advice)
