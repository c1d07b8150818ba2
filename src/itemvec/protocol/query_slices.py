"""Slices of queries: by length, overlap with the relevant items, novelty against training queries, items needed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from itemvec.core.arrays import Doubles, Ids, Ints
from itemvec.core.words import Words, find_words
from itemvec.metrics import Judgments
from itemvec.protocol.evaluation import Cohort
from itemvec.protocol.terciles import cohorts_of, third

NEEDED = ("one", "two", "three", "more")  # relevant items
BLOCK = 1024  # queries compared with all training queries at a time


def slices(queries: Ids, rows: Ints, items: Ids, judgments: Judgments, train: Ids) -> dict[str, list[Cohort]]:
    """Slices of the judged queries, by up to four numbers: by words terciles, by relevant items 1, 2, 3 and more.

    ``words`` is the number of words of a query. ``overlap`` is the percentage of its distinct words that occur in a
    relevant item, averaged over its relevant items. ``novelty``, if there are training queries, is 100 minus the
    percentage of words shared with the most similar of them (Jaccard). A word is a run of letters and digits, in lower
    case. ``needed``, if a query has several relevant items, is how many: complete recall is read by it (MSRS, arXiv
    2508.20867).

    Parameters
    ----------
    queries, items, train
        Texts, Arrow strings.
    rows
        Position among ``queries`` of each query of ``judgments``, int64.
    """
    words = _found(queries)
    lengths = np.diff(words.offsets)[rows]
    overlap = _percent(_overlap(words, rows, items, judgments))
    found = {
        "words": cohorts_of(("short", "medium", "long"), third(lengths, lengths), lengths),
        "overlap": cohorts_of(("low", "middle", "high"), third(overlap, overlap), overlap),
    }
    if len(train):
        novelty = _percent(1 - _nearest(words, _found(train))[rows])
        found["novelty"] = cohorts_of(("near", "middle", "far"), third(novelty, novelty), novelty)
    needed = np.diff(judgments.offsets)
    if needed.max(initial=1) > 1:
        found["needed"] = cohorts_of(NEEDED, np.minimum(needed, len(NEEDED)) - 1, needed)
    return found


def _percent(shares: Doubles) -> Ints:
    return np.rint(100 * shares).astype(np.int64)


def _matrix(words: Words, known: Ids) -> Any:
    """Which of the words ``known`` each text has: 0 or 1, float64, sparse of shape (n_texts, n_known)."""
    counts = words.counts(known).astype(np.float64)
    counts.sum_duplicates()  # a word that is said twice counts once
    counts.data[:] = 1
    return counts


def _overlap(queries: Words, rows: Ints, items: Ids, judgments: Judgments) -> Doubles:
    """Share of each query's words that occur in a relevant item, averaged over its relevant items."""
    asked = _matrix(queries, queries.vocabulary)
    relevant, places = np.unique(judgments.items, return_inverse=True)
    found = _matrix(_found(items.take(pa.array(relevant))), queries.vocabulary)
    cases = np.repeat(np.arange(len(judgments)), np.diff(judgments.offsets))
    shared = asked[rows[cases]].multiply(found[places]).sum(axis=1)
    sums = np.bincount(cases, shared, minlength=len(judgments))
    shares: Doubles = sums / np.diff(judgments.offsets) / np.maximum(asked.sum(axis=1)[rows], 1)
    return shares


def _nearest(queries: Words, train: Words) -> Doubles:
    """Jaccard similarity of each query's words with those of the most similar training query."""
    known = pc.unique(pa.chunked_array([queries.vocabulary, train.vocabulary]))
    asked, trained = _matrix(queries, known), _matrix(train, known)
    sizes = trained.sum(axis=1)
    nearest = np.zeros(asked.shape[0])
    for start in range(0, asked.shape[0], BLOCK):
        block = asked[start : start + BLOCK]
        shared = (block @ trained.T).tocoo()
        union = block.sum(axis=1)[shared.row] + sizes[shared.col] - shared.data
        np.maximum.at(nearest, start + shared.row, shared.data / union)
    return nearest


def _found(texts: Ids) -> Words:
    return find_words(texts)
