"""Retriever by BM25, the lexical baseline."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any, ClassVar, Literal

import numpy as np

from itemvec.core.arrays import Floats
from itemvec.core.errors import ParamsError
from itemvec.core.languages import Language, Stemmed
from itemvec.core.options import PositiveFloat, Probability
from itemvec.core.top_k import TieOrder, Top, top_k
from itemvec.core.words import Words, find_words
from itemvec.retrievers.base import RETRIEVERS, Entries, Retrieve

SCORES = 1 << 24  # held at a time: 64 MB
ITEMS = 1 << 18  # weighed, and asked, at a time
DELTA = 0.5  # of bm25l and bm25+, the default of bm25s

Method = Literal["lucene", "robertson", "atire", "bm25+", "bm25l"]


@RETRIEVERS.register("bm25")
@dataclass(frozen=True)
class Bm25:
    """Search by words and their frequencies (Robertson et al., 1994), weighted by the package bm25s.

    Words are those of ``core/words.py``, in any script. Items that share no word with the query are not ranked. Equal
    scores come in an order by hashes, as everywhere; bm25s' own search promises none.

    Parameters
    ----------
    k1
        How soon a word that occurs often in an item stops adding to the score.
    b
        How much long items are held back: 0 not at all.
    method
        Formula of the weights. ``bm25+`` and ``bm25l`` are those of bm25s, which add something for words that an
        item lacks as well (Kamphuis et al., 2020). That is the same for all items of a query, so it is left out of
        the scores; what Lv and Zhai (2011) add for words that an item has thus cancels out of ``bm25+``.
    length
        ``corpus`` is a defect of the code of arXiv 2507.05006, kept to reproduce its figures: the number of items
        stands where an item's length belongs, so that long items are not held back.
    stop_words
        Language whose stop words are left out; null keeps all words.
    stemmer
        Language whose stemmer shortens words; null leaves them as they are. It leaves words of other scripts alone.
    """

    k1: PositiveFloat = 1.5
    b: Probability = 0.75
    method: Method = "lucene"
    length: Literal["item", "corpus"] = "item"
    stop_words: Language | None = "english"
    stemmer: Stemmed | None = "english"
    needs_vectors: ClassVar[bool] = False
    lowest: ClassVar[float | None] = 0.0

    def index(self, items: Entries) -> Retrieve:
        """Compute the weight of every word in every item."""
        vocabulary, parts = self._weights(self._words(items))
        rows, order = max(1, SCORES // max(len(items), 1)), TieOrder(items.ids)

        def retrieve(queries: Entries, k: int) -> Top:
            ties = order.of(queries.ids)
            asked = self._words(queries).counts(vocabulary)  # (n_queries, n_words)
            tops = [top_k(np.empty((0, len(items)), dtype=np.float32), k)]
            held = np.empty((min(rows, asked.shape[0]), len(items)), dtype=np.float32)
            for start in range(0, asked.shape[0], rows):
                some = asked[start : start + rows]
                scores = _scores(some, parts, held[: some.shape[0]])
                tops.append(top_k(scores, k, ties.part(slice(start, start + rows))))
            return Top(np.concatenate([top.positions for top in tops]), np.concatenate([top.scores for top in tops]))

        return retrieve

    def _weights(self, words: Words) -> tuple[Any, list[Any]]:
        """The distinct words, and their weights in each ``ITEMS`` items, float32, sparse of shape (n_words, n_some)."""
        from bm25s.scoring import _select_idf_scorer, _select_tfc_scorer

        n_words, n_items = len(words.vocabulary), len(words.offsets) - 1
        if not n_words and n_items:
            raise ParamsError("retriever bm25: no text of an item has a word to find it by; check the texts")
        if not n_words:
            return words.vocabulary, []
        lengths = np.diff(words.offsets)
        k1, b, mean = self.k1, self.b, lengths.mean()
        if self.length == "corpus":  # a factor of all items alike is one of k1
            k1, b = k1 * (1 - b + b * n_items / mean), 0.0
        idf_of, tf_of = _select_idf_scorer(self.method), _select_tfc_scorer(self.method)
        options = {"l_avg": mean, "k1": k1, "b": b, "delta": DELTA}
        absent = tf_of(tf_array=0, l_d=mean, **options) if self.method in ("bm25l", "bm25+") else 0.0
        parts = [_frequencies(words, start) for start in range(0, n_items, ITEMS)]
        frequency = sum(np.diff(part.indptr) for part in parts)  # items that have each word
        having, place = np.unique(frequency, return_inverse=True)
        rare = np.array([idf_of(n, N=n_items) for n in having.tolist()])
        idf, less = rare.astype(np.float32)[place], (rare * absent).astype(np.float32)[place]
        for start, part in zip(range(0, n_items, ITEMS), parts, strict=True):
            tf = tf_of(tf_array=part.data, l_d=lengths[start + part.indices], **options)
            counts = np.diff(part.indptr)
            part.data[:] = np.repeat(idf, counts) * tf - np.repeat(less, counts)
        return words.vocabulary, parts

    def _words(self, entries: Entries) -> Words:
        return find_words(entries.given_texts("bm25"), self.stemmer, self.stop_words)


def _frequencies(words: Words, start: int) -> Any:
    """How often each word stands in ``ITEMS`` items from ``start`` on, float32, sparse of shape (n_words, n_some)."""
    from scipy.sparse import csr_array

    bounds = words.offsets[start : start + ITEMS + 1]
    codes = words.codes[bounds[0] : bounds[-1]]
    ones, shape = np.ones(len(codes), dtype=np.float32), (len(bounds) - 1, len(words.vocabulary))
    found = csr_array((ones, codes, (bounds - bounds[0]).astype(np.int32)), shape=shape, copy=True)
    found.sum_duplicates()
    return found.tocsc().T


def _scores(asked: Any, parts: list[Any], held: Floats) -> Floats:
    """The score of every item for each query, in ``held``, float32 of shape (n_queries, n_items); minus infinity for 0.

    A loop over the queries, since the work of each is in the items that have its words: a product of two sparse
    matrices, which must find out where its numbers will be, took four times as long. Few items at a time stay in the
    caches of the processor.
    """
    for row, (start, end) in enumerate(pairwise(asked.indptr.tolist())):
        words, ones, place = asked.indices[start:end], np.ones(end - start, dtype=np.float32), 0
        for part in parts:
            found = part[words].T @ ones
            held[row, place : place + len(found)] = np.where(found > 0, found, -np.inf)
            place += len(found)
    return held
