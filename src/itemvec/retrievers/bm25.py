"""BM25, the lexical baseline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np

from itemvec.core.options import PositiveFloat, Probability
from itemvec.core.top_k import Top, top_k
from itemvec.retrievers.base import RETRIEVERS, Entries, Retrieve

SCORES = 1 << 24  # held at a time: 64 MB

Method = Literal["lucene", "robertson", "atire", "bm25+", "bm25l"]

# What both bm25s has stop words and Snowball has a stemmer for.
Language = Literal[
    "danish",
    "dutch",
    "english",
    "french",
    "german",
    "italian",
    "norwegian",
    "portuguese",
    "russian",
    "spanish",
    "swedish",
    "turkish",
]


@RETRIEVERS.register("bm25")
@dataclass(frozen=True)
class Bm25:
    """Search by words and their frequencies (Robertson et al., 1994), weighted by the package bm25s.

    Items that share no word with the query are not ranked. Equal scores come in order of position, which bm25s' own
    search does not promise.

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
        Language whose stemmer shortens words; null leaves them as they are.
    """

    k1: PositiveFloat = 1.5
    b: Probability = 0.75
    method: Method = "lucene"
    length: Literal["item", "corpus"] = "item"
    stop_words: Language | None = "english"
    stemmer: Language | None = "english"
    needs_vectors: ClassVar[bool] = False

    def index(self, items: Entries) -> Retrieve:
        """Weigh the words of the items."""
        words = self._words(items)
        vocabulary, weights = self._weights(words)
        rows = max(1, SCORES // max(len(items), 1))

        def retrieve(queries: Entries, k: int) -> Top:
            asked = self._words(queries)
            tops = []
            for start in range(0, len(asked), rows):
                scores = (_counts(asked[start : start + rows], vocabulary) @ weights).toarray()  # (rows, n_items)
                scores[scores <= 0] = -np.inf
                tops.append(top_k(scores, k))
            return Top(np.concatenate([top.positions for top in tops]), np.concatenate([top.scores for top in tops]))

        return retrieve

    def _weights(self, words: Sequence[Sequence[str]]) -> tuple[dict[str, int], Any]:
        """Row of each word, and the weight of every word in every item, sparse of shape (n_words, n_items)."""
        import bm25s
        from scipy.sparse import csr_array

        if not any(words):
            return {}, csr_array((0, len(words)), dtype=np.float32)
        k1, b = self.k1, self.b
        if self.length == "corpus":  # a factor of all items alike is one of k1
            k1, b = k1 * (1 - b + b * len(words) / float(np.mean([len(one) for one in words]))), 0.0
        engine = bm25s.BM25(method=self.method, k1=k1, b=b)
        engine.index(words, show_progress=False)
        by_word = engine.scores
        shape = (len(by_word["indptr"]) - 1, len(words))
        vocabulary = {
            word: row for word, row in engine.vocab_dict.items() if row < shape[0]
        }  # bm25s adds an empty word
        return vocabulary, csr_array((by_word["data"], by_word["indices"], by_word["indptr"]), shape=shape)

    def _words(self, entries: Entries) -> Any:
        import bm25s
        import Stemmer

        return bm25s.tokenize(
            entries.words("bm25"),
            stopwords=self.stop_words,
            stemmer=Stemmer.Stemmer(self.stemmer) if self.stemmer else None,
            return_ids=False,
            show_progress=False,
        )


def _counts(queries: Sequence[Sequence[str]], vocabulary: dict[str, int]) -> Any:
    """How often each known word stands in each query, sparse of shape (n_queries, n_words)."""
    from scipy.sparse import csr_array

    known = [[vocabulary[word] for word in words if word in vocabulary] for words in queries]
    offsets = np.cumsum([0, *map(len, known)])
    columns = np.array([column for one in known for column in one], dtype=np.int64)
    return csr_array((np.ones(len(columns), dtype=np.float32), columns, offsets), shape=(len(known), len(vocabulary)))
