"""Clicks that say little: the user came back at once, or asked anew."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from scipy.sparse import csr_array

from itemvec.clicks.log import Bools, ClickLog, lists
from itemvec.core.arrays import Doubles, Ints

SHARED = 0.5  # share of the words of two queries from which the second is the first put in other words


def short(log: ClickLog, seconds: float) -> Bools:
    """Clicks from which the user came back in less than ``seconds``, bool of shape (n,); unknown times are kept."""
    if log.dwell is None:
        return np.zeros(len(log), dtype=bool)
    return log.clicked & (np.nan_to_num(log.dwell, nan=np.inf) < seconds)


def asked_anew(log: ClickLog, texts: Any) -> Bools:
    """Clicks of a list after which the session asked the same in other words, bool of shape (n,).

    Two queries are the same in other words if their texts differ and share at least half of all their words.

    Parameters
    ----------
    texts
        Texts of the queries, Arrow strings in the order that ``log.query`` counts.
    """
    if log.session is None or not len(log):
        return np.zeros(len(log), dtype=bool)
    number = lists(log)
    heads = np.searchsorted(number, np.arange(number[-1] + 1))
    query, session = log.query[heads], log.session[heads]
    order = np.argsort(session, kind="stable")  # sessions may be mixed in the file; each stays in its order
    here, there = order[:-1], order[1:]
    follows = (session[here] == session[there]) & (query[here] != query[there])
    here, there = here[follows], there[follows]
    anew = np.zeros(len(heads), dtype=bool)
    anew[here] = shared_words(texts, query[here], query[there]) >= SHARED
    return log.clicked & anew[number]


def shared_words(texts: Any, left: Ints, right: Ints) -> Doubles:
    """Words that two texts have in common, as a share of all words of both (Jaccard), float64 of shape (n,).

    ``left`` and ``right`` are positions among ``texts``, int64 of shape (n,).
    """
    texts = texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts
    words = pc.split_pattern_regex(pc.utf8_lower(pc.utf8_trim_whitespace(texts.fill_null(""))), r"\s+")
    codes = words.flatten().dictionary_encode()
    ends = np.concatenate([[0], np.cumsum(np.asarray(pc.list_value_length(words)))])
    held = csr_array((np.ones(len(codes)), np.asarray(codes.indices), ends), (len(texts), len(codes.dictionary)))
    held.sum_duplicates()
    held.data[:] = 1
    sizes = np.asarray(held.sum(axis=1)).ravel()
    common = np.asarray(held[left].multiply(held[right]).sum(axis=1)).ravel()
    union: Doubles = sizes[left] + sizes[right] - common
    return np.asarray(common / np.maximum(union, 1), dtype=np.float64)
