"""Rewrites of a query: terms dropped, one term weighed double, or terms of the first results added."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from itemvec.core.arrays import Doubles, Ints
from itemvec.core.top_k import NOTHING, Top
from itemvec.core.words import find_words

FIRST = 5  # results that expansion reads
DROPPED: dict[str, Callable[[Sequence[float]], int]] = {  # which term goes, by the rarity of each
    "drop first": lambda _: 0,
    "drop last": lambda rarity: len(rarity) - 1,
    "drop commonest": lambda rarity: int(np.argmin(rarity)),
    "drop rarest": lambda rarity: int(np.argmax(rarity)),
}
REPEATED: dict[str, Callable[[Sequence[float]], int]] = {
    "double last": lambda rarity: len(rarity) - 1,
    "double rarest": lambda rarity: int(np.argmax(rarity)),
}
EXPANDED = {"add 1": 1, "add 3": 3, "add 10": 10}
REWRITES = ("as asked", *DROPPED, *REPEATED, *EXPANDED)
FEATURES = ("constant", "terms", "least rarity", "mean rarity", "most rarity", "found", "lead", "spread")


@dataclass(frozen=True)
class Rewriter:
    """Rewrites queries by the words of a catalogue.

    Terms of a query are what stands between blanks. The rarity of a term is log(n_items / (1 + items with it)) of its
    rarest word.
    """

    words: Any  # counts of each item, float32, sparse of shape (n_items, n_words)
    vocabulary: Any
    rarity: Doubles

    @classmethod
    def of(cls, texts: Sequence[str]) -> Rewriter:
        """Read the texts of the items."""
        found = find_words(texts)
        counts = found.counts(found.vocabulary)
        counts.sum_duplicates()
        items = np.bincount(counts.indices, minlength=counts.shape[1])
        return cls(counts, found.vocabulary, np.log(max(len(texts), 1) / (1 + items)))

    def rewrite(self, texts: Sequence[str], first: Top) -> dict[str, list[str]]:
        """Each query in all forms, by name; ``first`` is what is found for the queries as they were asked."""
        forms: dict[str, list[str]] = {name: [] for name in REWRITES}
        added = self._added(texts, first.positions[:, :FIRST])
        for text, rarity, more in zip(texts, self.rarities(texts), added, strict=True):
            terms = text.split()
            forms["as asked"].append(text)
            for name, which in DROPPED.items():
                gone = which(rarity) if len(terms) > 1 else None
                forms[name].append(" ".join(term for place, term in enumerate(terms) if place != gone))
            for name, which in REPEATED.items():
                forms[name].append(" ".join([text, terms[which(rarity)]]) if terms else text)
            for name, number in EXPANDED.items():
                forms[name].append(" ".join([text, *more[:number]]))
        return forms

    def rarities(self, texts: Sequence[str]) -> list[list[float]]:
        """The rarity of each term of each text; a term without words has 0."""
        terms = [text.split() for text in texts]
        words = find_words([term for some in terms for term in some])
        known = pa.compute.index_in(words.vocabulary, value_set=self.vocabulary).fill_null(-1).to_numpy()
        unknown = float(np.log(max(self.words.shape[0], 1)))
        of_word = [float(self.rarity[place]) if place >= 0 else unknown for place in known]
        of_term = iter([max((of_word[code] for code in codes), default=0.0) for codes in words.lists()])
        return [[next(of_term) for _ in some] for some in terms]

    def features(self, texts: Sequence[str], first: Top) -> Doubles:
        """What the policy sees of each query, float64 of shape (n_queries, len(FEATURES))."""
        found = np.zeros((len(texts), len(FEATURES)))
        for row, rarity in enumerate(self.rarities(texts)):
            some = rarity or [0.0]
            found[row, :5] = 1.0, np.log1p(len(rarity)), min(some), float(np.mean(some)), max(some)
        scores = first.scores[:, : 2 * FIRST].astype(np.float64)
        filled = first.positions[:, : 2 * FIRST] != NOTHING
        best = np.maximum(np.abs(np.where(filled, scores, 0.0)).max(axis=1, initial=0.0), 1e-12)
        relative = np.where(filled, scores, 0.0) / best[:, None]
        found[:, 5] = filled.mean(axis=1)
        found[:, 6] = relative[:, 0] - relative[:, 1:].max(axis=1, initial=0.0)
        found[:, 7] = relative.std(axis=1)
        return found

    def _added(self, texts: Sequence[str], positions: Ints) -> list[list[str]]:
        """Words of the first results that the query lacks, those first that are frequent there and rare elsewhere."""
        asked, found = find_words(texts).counts(self.vocabulary), []
        for row, places in enumerate(positions):
            shown = self.words[places[places != NOTHING]]
            lengths = np.maximum(np.asarray(shown.sum(axis=1)).ravel(), 1)
            weights = (1 / lengths) @ shown * self.rarity
            weights[asked[[row]].indices] = 0
            best = np.argsort(-weights, kind="stable")[: max(EXPANDED.values())]
            found.append([self.vocabulary[int(one)].as_py() for one in best if weights[one] > 0])
        return found
