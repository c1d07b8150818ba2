"""A click log of your own as training queries: what was clicked, corrected for the position at which it stood."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from itemvec.clicks import ClickLog
from itemvec.core.columns import CLICKED, DWELL, GAIN, ITEM, POSITION, QUERY, SESSION, TEXT
from itemvec.core.errors import DatasetError
from itemvec.datasets.base import Tables
from itemvec.datasets.click_gains import ClickTraining, click_gains
from itemvec.datasets.column_names import missing
from itemvec.datasets.gains import numbers
from itemvec.datasets.one_file import hashed
from itemvec.datasets.own_files import OwnFiles, OwnTable
from itemvec.datasets.problem_rows import refuse
from itemvec.datasets.reading import is_sample, note
from itemvec.datasets.training_queries import apart, normal, with_training

CLICKS, WORDS = "clicks", "query"
TRUE, FALSE = ("true", "yes", "t", "y"), ("false", "no", "f", "n")


def with_clicks(tables: Tables, files: OwnFiles, training: ClickTraining) -> Tables:
    """Tables with the queries of the file ``clicks`` added as training queries; validation and test stay as they are.

    Impressions of queries that validation or test ask, by id or by words, are not even counted. Queries that people
    judged keep their judgments; of their clicks only the positions are learnt from.

    Raises
    ------
    DatasetError
        The file or a column is missing, a value cannot be read, or positions cannot be told from relevance.
    """
    files = files.of("clicks")
    roles = (QUERY, WORDS, ITEM, POSITION, CLICKED, DWELL, SESSION)
    found = files.read(CLICKS, [files.name(role) for role in roles], [DWELL, SESSION])
    if found is None:
        raise DatasetError(
            f"{files.root}: has no file clicks.csv, which the row's `clicks` reads; add it, or drop that"
        )
    asked = _queries(found, files, tables)
    log = _log(found, files, asked, tables.items[ITEM])
    if is_sample():  # the rest of the log may hold what is missing here
        return tables
    queries = asked.table
    log = log.where(apart(queries, tables, found.path)[log.query])
    if not len(log):
        raise DatasetError(f"{found.path}: no impression is left to learn from; log other queries than those judged")
    gains = click_gains(log, queries[TEXT], training, found.path)
    fresh = ~np.asarray(pc.is_in(queries[QUERY], value_set=pc.unique(tables.qrels[QUERY])))
    fresh &= ~np.asarray(pc.is_in(normal(queries[TEXT]), value_set=_judged_words(tables)))
    if judged := int((~fresh[np.unique(log.query)]).sum()):
        note("left out", found.path, f"clicks of {judged:,} training queries, which people judged")
    gains = gains.where(fresh[gains.query])
    qrels = {
        QUERY: queries[QUERY].take(pa.array(gains.query)),
        ITEM: tables.items[ITEM].take(pa.array(gains.item)),
        GAIN: pa.array(gains.gain),
    }
    return with_training(tables, queries, pa.table(qrels), CLICKS, found.path, gains.said)


class _Asked:
    """Queries of the log: ``table`` has each once, and ``rows`` says which each row of the log asks."""

    def __init__(self, ids: Any, words: Any) -> None:
        codes = ids.dictionary_encode()
        self.rows = codes.indices.to_numpy(zero_copy_only=False)
        first = np.unique(self.rows, return_index=True)[1]
        self.table = pa.table({QUERY: codes.dictionary, TEXT: words.take(pa.array(first))})


def _queries(found: OwnTable, files: OwnFiles, tables: Tables) -> _Asked:
    """By id where the log has ids, else by words; words of an id may stand in the table of queries."""
    by_id, words = files.name(QUERY) in found, files.name(WORDS) in found
    if words:
        texts = found.strings(files.name(WORDS)).fill_null("")
        return _Asked(found.strings(files.name(QUERY)).fill_null("") if by_id else _hashed(texts), texts)
    if not by_id or not len(tables.queries):
        raise missing(found.path, files.name(WORDS), [*found.table.column_names, *found.others], WORDS)
    ids = found.strings(files.name(QUERY)).fill_null("")
    places = pc.index_in(ids, value_set=tables.queries[QUERY].combine_chunks())
    return _Asked(ids, tables.queries[TEXT].combine_chunks().take(places).fill_null(""))


def _hashed(texts: Any) -> Any:
    """Ids of words, equal where only case and blanks differ."""
    codes = normal(texts).dictionary_encode()
    return hashed(codes.dictionary).take(codes.indices)


def _judged_words(tables: Tables) -> Any:
    known = pc.is_in(tables.queries[QUERY], value_set=pc.unique(tables.qrels[QUERY]))
    return pc.unique(normal(tables.queries[TEXT].filter(known)))


def _log(found: OwnTable, files: OwnFiles, asked: _Asked, items: Any) -> ClickLog:
    """The rows of known items and queries with words."""
    where = found.path
    item = pc.index_in(found.strings(files.name(ITEM), ITEM), value_set=items.combine_chunks())
    shown = _whole(found.column(files.name(POSITION), POSITION), where, files.name(POSITION))
    clicked = _yes(found.column(files.name(CLICKED), CLICKED).combine_chunks(), where, files.name(CLICKED))
    known = np.asarray(item.is_valid())
    if unknown := int((~known).sum()):
        note("left out", where, "the item is not among the items", unknown)
    written = (np.asarray(pc.utf8_length(normal(asked.table[TEXT].combine_chunks()))) > 0)[asked.rows]
    if empty := int((~written).sum()):
        note("left out", where, "the query has no words", empty)
    dwell = session = None
    if files.name(DWELL) in found:
        values = found.column(files.name(DWELL)).combine_chunks().cast(pa.string())
        values = pc.if_else(pc.equal(pc.utf8_trim_whitespace(values), ""), None, values)
        given = numbers(values.fill_null("0"), where, files.name(DWELL))
        dwell = np.where(np.asarray(values.is_valid()), np.asarray(given), np.nan)
    if files.name(SESSION) in found:
        session = np.asarray(
            found.strings(files.name(SESSION)).fill_null("").dictionary_encode().indices, dtype=np.int64
        )
    log = ClickLog(
        asked.rows.astype(np.int64), np.asarray(item.fill_null(0)).astype(np.int64), shown, clicked, dwell, session
    )
    return log.where(known & written)


def _whole(values: Any, where: Path, name: str) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Positions from 1; a log that counts from 0 is taken as it is meant."""
    found = numbers(values, where, name)
    bad = pc.or_(pc.less(found, 0), pc.not_equal(pc.floor(found), found))
    refuse(
        bad,
        values.combine_chunks(),
        f"{where}: {name} is no place in a ranking",
        "write 1 for the first, 2 for the next",
    )
    positions: np.ndarray[Any, np.dtype[np.int64]] = np.asarray(found).astype(np.int64)
    if len(positions) and positions.min() == 0:
        note("guessed", where, f"{name} counts from 0, so that the first place is 0")
        return positions + 1
    return positions


def _yes(values: Any, where: Path, name: str) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Whether a value says yes: a number above 0, or a word."""
    if pa.types.is_string(values.type):
        words = pc.utf8_lower(pc.utf8_trim_whitespace(values))
        values = pc.if_else(pc.is_in(words, value_set=pa.array(TRUE)), "1", words)
        values = pc.if_else(pc.is_in(values, value_set=pa.array(FALSE)), "0", values)
    clicked = np.asarray(numbers(values, where, name)) > 0
    if len(clicked) and clicked.all():
        raise DatasetError(
            f"{where}: every row was clicked, so what was passed over is unknown; log what was shown and not clicked"
        )
    return clicked
