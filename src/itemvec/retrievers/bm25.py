"""Retriever by BM25, the lexical baseline."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np

from itemvec.core.errors import ParamsError
from itemvec.core.languages import Language, Stemmed
from itemvec.core.options import PositiveFloat, Probability
from itemvec.core.top_k import TieOrder, Top, top_k
from itemvec.core.words import Words, find_words
from itemvec.retrievers.base import RETRIEVERS, Entries, Retrieve

SCORES = 1 << 24  # held at a time: 64 MB

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
        vocabulary, weights = self._weights(self._words(items))
        rows, order = max(1, SCORES // max(len(items), 1)), TieOrder(items.ids)

        def retrieve(queries: Entries, k: int) -> Top:
            ties = order.of(queries.ids)
            asked = self._words(queries).counts(vocabulary)  # (n_queries, n_words)
            tops = [top_k(np.empty((0, len(items)), dtype=np.float32), k)]
            for start in range(0, asked.shape[0], rows):
                scores = (asked[start : start + rows] @ weights).toarray()  # (rows, n_items)
                scores[scores <= 0] = -np.inf
                tops.append(top_k(scores, k, ties.part(slice(start, start + rows))))
            return Top(np.concatenate([top.positions for top in tops]), np.concatenate([top.scores for top in tops]))

        return retrieve

    def _weights(self, words: Words) -> tuple[Any, Any]:
        """The distinct words, and the weight of each in every item, float32, sparse of shape (n_words, n_items)."""
        import bm25s
        from scipy.sparse import csr_array

        shape = (len(words.vocabulary), len(words.offsets) - 1)
        if not shape[0] and shape[1]:
            raise ParamsError("retriever bm25: no text of an item has a word to find it by; check the texts")
        if not shape[0]:
            return words.vocabulary, csr_array(shape, dtype=np.float32)
        k1, b = self.k1, self.b
        if self.length == "corpus":  # a factor of all items alike is one of k1
            k1, b = k1 * (1 - b + b * shape[1] / (len(words.codes) / shape[1])), 0.0
        engine = bm25s.BM25(method=self.method, k1=k1, b=b)
        engine.index((words.lists(), {row: row for row in range(shape[0])}), show_progress=False)
        by_word = engine.scores
        return words.vocabulary, csr_array((by_word["data"], by_word["indices"], by_word["indptr"]), shape=shape)

    def _words(self, entries: Entries) -> Words:
        return find_words(entries.words("bm25"), self.stemmer, self.stop_words)
