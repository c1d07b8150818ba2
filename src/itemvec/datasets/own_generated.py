"""Queries that were written for items, as training queries."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from itemvec.core.columns import GAIN, ITEM, QUERY, TEXT
from itemvec.datasets.base import Tables
from itemvec.datasets.column_names import missing
from itemvec.datasets.gains import not_negative, numbers
from itemvec.datasets.one_file import hashed
from itemvec.datasets.own_files import OwnFiles
from itemvec.datasets.raw_files import present
from itemvec.datasets.raw_tables import read, strings
from itemvec.datasets.reading import note
from itemvec.datasets.training_queries import apart, normal, with_training

WORDS = "query"


def with_generated(tables: Tables, files: OwnFiles, path: Path) -> Tables:
    """Tables with the queries of a file added as training queries, the same words once.

    A query that people asked, in whatever part, is left out: it has judgments, or it is there to test.

    Raises
    ------
    DatasetError
        The file or a column is missing.
    """
    table, others = read(present(path), [WORDS, ITEM, GAIN], files.form)
    for name in (WORDS, ITEM):
        if name not in table.column_names:
            raise missing(path, name, [*table.column_names, *others])
    words = strings(table, WORDS, path).combine_chunks().fill_null("")
    same = normal(words)
    codes = same.dictionary_encode()
    first = np.unique(codes.indices.to_numpy(zero_copy_only=False), return_index=True)[1]
    queries = pa.table({QUERY: hashed(codes.dictionary), TEXT: words.take(pa.array(first))})
    kept = apart(queries, tables, path)
    people = np.asarray(pc.is_in(codes.dictionary, value_set=pc.unique(normal(tables.queries[TEXT]))))
    if judged := int((people & kept).sum()):
        note("left out", path, f"{judged:,} queries that people asked as well")
    queries = queries.filter(pa.array(kept & ~people))
    gains = (
        not_negative(numbers(table[GAIN], path), path) if GAIN in table.column_names else pa.array(np.ones(len(table)))
    )
    qrels = pa.table(
        {QUERY: hashed(codes.dictionary).take(codes.indices), ITEM: strings(table, ITEM, path), GAIN: gains}
    )
    known = pc.is_in(qrels[ITEM], value_set=tables.items[ITEM].combine_chunks())
    if unknown := len(qrels) - (pc.sum(known).as_py() or 0):
        note("left out", path, "the item is not among the items", unknown)
    qrels = qrels.filter(pc.and_(known, pc.is_in(qrels[QUERY], value_set=queries[QUERY].combine_chunks())))
    return with_training(tables, queries, _once(qrels), "synthetic", path, "written for their items by a model")


def _once(qrels: Any) -> Any:
    """A row for each query and item: pairs stand as often as they have negatives."""
    return (
        qrels.group_by([QUERY, ITEM], use_threads=False).aggregate([(GAIN, "max")]).rename_columns([QUERY, ITEM, GAIN])
    )
