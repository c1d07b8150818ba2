"""Queries that only train, added to a data set, such as those of a click log. Nothing that is measured changes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from itemvec.core.columns import GAIN, GROUP, PART, QUERY, TEXT
from itemvec.datasets.base import Tables, as_tables
from itemvec.datasets.reading import note

TRAIN, TEST = "train", "test"


def normal(texts: Any) -> Any:
    """Texts in small letters, with single blanks: by these, two queries are the same."""
    return pc.utf8_trim_whitespace(pc.replace_substring_regex(pc.utf8_lower(texts), r"\s+", " "))


def apart(queries: Any, tables: Tables, where: Path) -> NDArray[np.bool_]:
    """Which of ``queries`` neither validation nor test asks, by id or by words, bool of shape (n,); counted."""
    asked = tables.queries
    if PART in asked.column_names:
        asked = asked.filter(pc.not_equal(asked[PART], TRAIN))
    asked = asked.filter(pc.is_in(asked[QUERY], value_set=pc.unique(tables.qrels[QUERY])))
    same = pc.is_in(queries[QUERY], value_set=pc.unique(asked[QUERY]))
    alike = pc.is_in(normal(queries[TEXT]), value_set=pc.unique(normal(asked[TEXT])))
    kept = ~np.asarray(pc.or_(same, alike))
    if lost := int((~kept).sum()):
        note("left out", where, f"{lost:,} queries that validation or test asks; nothing is learnt from them")
    return kept


def with_training(tables: Tables, queries: Any, qrels: Any, group: str, where: Path, said: str) -> Tables:
    """The tables, with queries of the part ``train`` and the group ``group`` added.

    Parameters
    ----------
    queries, qrels
        Query ids and texts; query ids, item ids and gains. Queries without a gain above zero are left out.
    said
        How the gains came to be, for the remark.
    """
    positive = pc.unique(qrels[QUERY].filter(pc.greater(qrels[GAIN], 0)))
    new = queries.filter(pc.is_in(queries[QUERY], value_set=positive)).select([QUERY, TEXT])
    qrels = qrels.filter(pc.is_in(qrels[QUERY], value_set=positive))
    known = tables.queries
    if PART not in known.column_names:
        known = known.append_column(PART, pa.repeat(pa.scalar(TEST), len(known)))
    known = known.filter(pc.invert(pc.is_in(known[QUERY], value_set=new[QUERY].combine_chunks())))
    for name, value in ((GROUP, group), (PART, TRAIN)):
        new = new.append_column(name, pa.repeat(pa.scalar(value), len(new)))
    note(
        "noticed", where, f"{len(new):,} queries with {len(qrels):,} gains train, and none of them is measured: {said}"
    )
    joined = pa.concat_tables([known, new], promote_options="default")
    judged = pa.concat_tables([tables.qrels, qrels.select(tables.qrels.column_names).cast(tables.qrels.schema)])
    return as_tables(where, tables.items, tables.interactions, joined, judged)
