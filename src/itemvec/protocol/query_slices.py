"""Queries by what is known of their words: length, overlap with what is relevant, novelty to the training queries."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from itemvec.core.arrays import Doubles, Ids, Ints
from itemvec.metrics import Judgments
from itemvec.protocol.evaluation import Cohort
from itemvec.protocol.terciles import cohorts_of, third

BETWEEN = r"[^\p{L}\p{N}]+"  # what lies between two words
BLOCK = 1024  # queries compared with all training queries at a time


def slices(queries: Ids, rows: Ints, items: Ids, judgments: Judgments, train: Ids) -> dict[str, list[Cohort]]:
    """Thirds of the judged queries, by up to three numbers.

    ``words`` counts the words of a query. ``overlap`` is the percentage of its distinct words that a relevant item has,
    averaged over its relevant items. ``novelty``, where there are training queries, is 100 less the percentage of
    words shared with the most similar of them (Jaccard). A word is a run of letters and digits, in lower case.

    Parameters
    ----------
    queries, items, train
        Texts, Arrow strings.
    rows
        Position among ``queries`` of each query of ``judgments``, int64.
    """
    lengths = np.asarray(pc.list_value_length(_words(queries)))[rows].astype(np.int64)
    overlap = _percent(_overlap(queries, rows, items, judgments))
    found = {
        "words": cohorts_of(("short", "medium", "long"), third(lengths, lengths), lengths),
        "overlap": cohorts_of(("low", "middle", "high"), third(overlap, overlap), overlap),
    }
    if len(train):
        novelty = _percent(1 - _nearest(queries, train)[rows])
        found["novelty"] = cohorts_of(("near", "middle", "far"), third(novelty, novelty), novelty)
    return found


def _percent(shares: Doubles) -> Ints:
    return np.rint(100 * shares).astype(np.int64)


def _words(texts: Ids) -> Any:
    """The words of each text, an Arrow list of strings."""
    trimmed = pc.replace_substring_regex(pc.utf8_lower(texts), rf"^{BETWEEN}|{BETWEEN}$", "")
    words = pc.split_pattern_regex(trimmed, BETWEEN)
    return pc.if_else(pc.equal(trimmed, ""), pa.scalar([], words.type), words)


def _matrix(texts: Ids, known: Ids) -> Any:
    """Which of the words ``known`` each text has: 0 or 1, sparse of shape (n_texts, n_known)."""
    from scipy.sparse import csr_array

    words = _words(texts)
    columns = pc.index_in(words.flatten(), value_set=known)
    has = np.asarray(columns.is_valid())
    rows = np.asarray(pc.list_parent_indices(words))[has]
    columns = columns.drop_null().to_numpy().astype(np.int64)
    cells = np.unique(rows * max(len(known), 1) + columns)  # a word that is said twice counts once
    place = (cells // max(len(known), 1), cells % max(len(known), 1))
    return csr_array((np.ones(len(cells)), place), shape=(len(texts), len(known)))


def _overlap(queries: Ids, rows: Ints, items: Ids, judgments: Judgments) -> Doubles:
    """Share of each query's words that its relevant items have on average."""
    known = pc.unique(_words(queries).flatten())
    asked = _matrix(queries, known)
    relevant, places = np.unique(judgments.items, return_inverse=True)
    found = _matrix(items.take(pa.array(relevant)), known)
    cases = np.repeat(np.arange(len(judgments)), np.diff(judgments.offsets))
    shared = asked[rows[cases]].multiply(found[places]).sum(axis=1)
    sums = np.bincount(cases, shared, minlength=len(judgments))
    shares: Doubles = sums / np.diff(judgments.offsets) / np.maximum(asked.sum(axis=1)[rows], 1)
    return shares


def _nearest(queries: Ids, train: Ids) -> Doubles:
    """Jaccard similarity of each query's words with those of the most similar training query."""
    known = pc.unique(pa.chunked_array([_words(queries).flatten(), _words(train).flatten()]))
    asked, trained = _matrix(queries, known), _matrix(train, known)
    sizes = trained.sum(axis=1)
    nearest = np.zeros(len(queries))
    for start in range(0, len(queries), BLOCK):
        block = asked[start : start + BLOCK]
        shared = (block @ trained.T).tocoo()
        union = block.sum(axis=1)[shared.row] + sizes[shared.col] - shared.data
        np.maximum.at(nearest, start + shared.row, shared.data / union)
    return nearest
