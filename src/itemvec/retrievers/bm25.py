"""BM25, the lexical baseline."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from itemvec.options import PositiveFloat, Probability
from itemvec.retrievers.base import RETRIEVERS, Entries, Retrieve
from itemvec.topk import NOTHING, Top

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
    """Words with their frequencies (Robertson et al., 1994), by the package bm25s, in Lucene's variant by default.

    Items that share no word with the query are not ranked.
    """

    k1: PositiveFloat = 1.5
    b: Probability = 0.75
    method: Literal["lucene", "robertson", "atire", "bm25l", "bm25+"] = "lucene"
    stop_words: Language | None = "english"
    stemmer: Language | None = "english"

    def index(self, items: Entries) -> Retrieve:
        """Count the words of the items."""
        import bm25s

        engine = bm25s.BM25(method=self.method, k1=self.k1, b=self.b)
        engine.index(self._words(items), show_progress=False)

        def retrieve(queries: Entries, k: int) -> Top:
            positions = np.full((len(queries), k), NOTHING, dtype=np.int64)
            scores = np.full((len(queries), k), -np.inf, dtype=np.float32)
            kept = min(k, len(items))
            found = engine.retrieve(self._words(queries), k=kept, show_progress=False)
            matched = found.scores > 0
            positions[:, :kept] = np.where(matched, found.documents, NOTHING)
            scores[:, :kept] = np.where(matched, found.scores, -np.inf)
            return Top(positions, scores)

        return retrieve

    def _words(self, entries: Entries) -> Any:
        import bm25s
        import Stemmer

        return bm25s.tokenize(
            entries.words("bm25"),
            stopwords=self.stop_words,
            stemmer=Stemmer.Stemmer(self.stemmer) if self.stemmer else None,
            show_progress=False,
        )
