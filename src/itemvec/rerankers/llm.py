"""A language model that ranks because it is told to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from itemvec.core.arrays import Floats, Ints
from itemvec.core.errors import ParamsError
from itemvec.core.options import Positive
from itemvec.models.server import Server
from itemvec.rerankers.base import RERANKERS, Rerank
from itemvec.rerankers.generation import Ask, of_model, of_server
from itemvec.rerankers.ranking_prompts import Protocol, all_pairs, listwise, pointwise, sliding_pairs


@RERANKERS.register("llm")
@dataclass(frozen=True)
class LlmReranker:
    """The model ``checkpoint`` of the chat server at ``url``, as OpenAI's, or without one of this machine.

    ``protocol`` is ``pointwise`` (a rating for every item), ``all-pairs``, ``sliding-pairs`` (``passes`` of them, which
    settles as many first places) or ``listwise`` (a ``window`` that moves by ``step``). For n items they ask n,
    n (n - 1), 2 n ``passes`` and about n / ``step`` times. No answer is an error: what it does not say stays as it was.

    Texts are cut at ``characters``, on one line. ``key_variable``, ``requests_per_minute`` and ``parallel`` are for a
    server, as of the encoder ``api``; ``body`` is what a request says besides or instead (null leaves an entry out).
    ``revision`` and ``dtype`` are for a model of this machine, whose weights must be safetensors.
    """

    checkpoint: str
    protocol: Literal["pointwise", "all-pairs", "sliding-pairs", "listwise"] = "listwise"
    url: str | None = None
    window: Positive = 20
    step: Positive = 10
    passes: Positive = 10
    characters: Positive = 600
    key_variable: str | None = None
    requests_per_minute: Positive | None = None
    parallel: Positive = 4
    body: dict[str, str | int | float | bool | None] = field(default_factory=dict)
    revision: str | None = None
    dtype: Literal["float32", "bfloat16", "float16"] = "float32"

    def __post_init__(self) -> None:
        if self.step > self.window:
            raise ParamsError(
                f"{self._subject}: step {self.step} is more than window {self.window}; items would be lost"
            )
        if self.url is not None and not self.url.startswith(("http://", "https://")):
            raise ParamsError(
                f"{self._subject}: url must be as https://host/v1, what '/chat/completions' is put behind"
            )
        if taken := {"model", "messages"} & self.body.keys():
            raise ParamsError(f"{self._subject}: body must not hold {min(taken)!r}, which itemvec fills in")

    def load(self) -> Rerank:
        """Read the key, or the weights; nothing is sent."""
        ask, rank = self._ask(), self._protocol()

        def rerank(queries: Sequence[str], texts: Sequence[Sequence[str]]) -> list[Floats]:
            orders = rank(ask, [self._cut(query) for query in queries], [list(map(self._cut, some)) for some in texts])
            return [_scores(order) for order in orders]

        return rerank

    def _ask(self) -> Ask:
        if self.url is None:
            return of_model(self._subject, self.checkpoint, self.revision, self.dtype)
        server = Server(self.url.rstrip("/"), self._subject, self.key_variable, self.requests_per_minute)
        return of_server(server, self.checkpoint, self.body, self.parallel)

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
