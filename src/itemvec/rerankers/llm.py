"""Reranker by prompting a large language model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from itemvec.core.arrays import Floats, Ints
from itemvec.core.errors import ParamsError
from itemvec.core.options import Positive
from itemvec.language_models.options import LanguageModelOptions
from itemvec.rerankers.base import RERANKERS, Rerank
from itemvec.rerankers.ranking_prompts import Protocol, all_pairs, listwise, pointwise, sliding_pairs


@RERANKERS.register("llm")
@dataclass(frozen=True, kw_only=True)
class LlmReranker(LanguageModelOptions):
    """A language model that is told to rank, on this machine or behind a chat server of OpenAI's form.

    No answer is an error: an item that an answer does not name keeps its place.

    Parameters
    ----------
    protocol
        ``pointwise``: a rating for every item. ``all-pairs``: every pair, in both orders. ``sliding-pairs``:
        neighbours, ``passes`` times from the end to the start. ``listwise``: lists of ``window`` items. For n items
        they ask n, n (n - 1), 2 n ``passes`` and about n / ``step`` times.
    window
        For ``listwise``: how many items a list holds.
    step
        For ``listwise``: how far the list moves each time.
    passes
        For ``sliding-pairs``: how many passes, which settle as many first places.
    characters
        Where the text of an item is cut, in characters.
    """

    protocol: Literal["pointwise", "all-pairs", "sliding-pairs", "listwise"] = "listwise"
    window: Positive = 20
    step: Positive = 10
    passes: Positive = 10
    characters: Positive = 600

    def __post_init__(self) -> None:
        if self.step > self.window:
            raise ParamsError(
                f"{self._subject}: step {self.step} is more than window {self.window}; items would be lost"
            )
        self.check(self._subject)

    def load(self) -> Rerank:
        """Read the key or the weights; no request is sent."""
        ask, rank = self.ask(self._subject), self._protocol()

        def rerank(queries: Sequence[str], texts: Sequence[Sequence[str]]) -> list[Floats]:
            orders = rank(ask, [self._cut(query) for query in queries], [list(map(self._cut, some)) for some in texts])
            return [_scores(order) for order in orders]

        return rerank

    def _protocol(self) -> Protocol:
        known: dict[str, Protocol] = {
            "pointwise": pointwise,
            "all-pairs": all_pairs,
            "sliding-pairs": sliding_pairs(self.passes),
            "listwise": listwise(self.window, self.step),
        }
        return known[self.protocol]

    def _cut(self, text: str) -> str:
        return " ".join(text[: 2 * self.characters].split())[: self.characters]

    @property
    def _subject(self) -> str:
        return f"reranker {self.checkpoint!r}"


def _scores(order: Ints) -> Floats:
    """The first place gets as many points as there are places, the last gets one."""
    scores = np.empty(len(order), dtype=np.float32)
    scores[order] = np.arange(len(order), 0, -1)
    return scores
