"""A retrieve function that takes, for each query, the action that a policy chooses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from itemvec.core.arrays import Doubles, Ints
from itemvec.core.top_k import NOTHING, TieOrder, Top
from itemvec.retrievers.base import Entries, Retrieve
from itemvec.retrievers.fusion import unite
from itemvec.retrievers.llm_rewrites import Written
from itemvec.retrievers.policy import probabilities
from itemvec.retrievers.rewrites import FIRST, REWRITES, Rewriter

TITLES = "titles double"  # weighs the title of an item double: its score is added to that of the whole text
ACTIONS = (*REWRITES, TITLES)


@dataclass(frozen=True)
class Chosen:
    """Retrieves by the action that is best for each query, as the policy holds.

    titles
        Retrieves from the titles of the same items; None where there are none, and the title counts once.
    weights
        Of the policy, float64 of shape (n_actions, n_features); None leaves queries as they are.
    written
        Rewrites by a language model, each a further action; None where there is no writer.
    """

    retrieve: Retrieve
    titles: Retrieve | None
    order: TieOrder
    rewriter: Rewriter
    weights: Doubles | None = None
    written: Written | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The actions."""
        return names_of(self.written)

    def __call__(self, queries: Entries, k: int) -> Top:
        """The best ``k`` for each query, by its action."""
        if self.weights is None or not len(queries):
            return self.retrieve(queries, k)
        texts, first = queries.words("query-policy"), self.retrieve(queries, 2 * FIRST)
        forms, actions = self.rewriter.rewrite(texts, first), self._best(texts, first)
        forms[TITLES] = texts
        if self.written is not None and (actions >= len(ACTIONS)).any():
            forms |= self.written.forms(texts)
        asked = [forms[self.names[action]][row] for row, action in enumerate(actions)]
        top = self.retrieve(_asking(queries, asked), k)
        titled = actions == ACTIONS.index(TITLES)
        if titled.any():
            some = self._titled(queries.where(titled), k)
            top = Top(top.positions.copy(), top.scores.copy())
            top.positions[titled], top.scores[titled] = some
        return top

    def actions(self, queries: Entries) -> Ints:
        """The action that is taken for each query, int64: a place in ``names``."""
        return self._best(queries.words("query-policy"), self.retrieve(queries, 2 * FIRST))

    def outcomes(self, queries: Entries, k: int) -> dict[str, Top]:
        """What every action finds, by its name."""
        texts = queries.words("query-policy")
        forms = self.rewriter.rewrite(texts, self.retrieve(queries, 2 * FIRST))
        found = self._found(queries, forms, k) | {TITLES: self._titled(queries, k)}
        return found if self.written is None else found | self._found(queries, self.written.forms(texts), k)

    def remarks(self, queries: Entries) -> dict[str, Any]:
        """For how many queries too few rewrites were written, which are asked as they are; empty without a writer."""
        if self.written is None:
            return {}
        return {"fewer_rewrites": self.written.fewer(queries.words("query-policy"))}

    def _found(self, queries: Entries, forms: dict[str, list[str]], k: int) -> dict[str, Top]:
        return {name: self.retrieve(_asking(queries, texts), k) for name, texts in forms.items()}

    def _best(self, texts: list[str], first: Top) -> Ints:
        if self.weights is None:
            return np.zeros(len(texts), dtype=np.int64)
        best: Ints = np.argmax(probabilities(self.weights, self.rewriter.features(texts, first)), axis=1)
        return best

    def _titled(self, queries: Entries, k: int) -> Top:
        if self.titles is None:
            return self.retrieve(queries, k)
        tops = [retrieve(queries, k) for retrieve in (self.retrieve, self.titles)]
        none = np.zeros(len(queries))
        given = [(np.where(top.positions != NOTHING, top.scores, 0.0).astype(np.float64), none) for top in tops]
        return unite(tops, given).top(np.ones(2), k, self.order.of(queries.ids))


def names_of(written: Written | None) -> tuple[str, ...]:
    """All actions, in the order in which a policy counts them: those of a writer come last."""
    return ACTIONS if written is None else (*ACTIONS, *written.names)


def _asking(queries: Entries, texts: list[str]) -> Entries:
    return Entries(queries.ids, pa.array(texts, pa.string()), queries.vectors, queries.engine)


def titles_of(items: Entries) -> Entries:
    """The same items by their titles: their texts up to the first full stop before a blank, or the first line break."""
    texts: Any = pa.compute.replace_substring_regex(items.texts, r"(?s)(\. |\n).*", "")
    return Entries(items.ids, texts, engine=items.engine)
