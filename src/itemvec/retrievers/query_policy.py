"""A retriever behind a policy that rewrites queries, learnt from judged queries."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Annotated, Any, Literal

import numpy as np
from annotated_types import Ge, Le

from itemvec.core.errors import ParamsError
from itemvec.core.options import Natural, NaturalFloat, Positive, PositiveFloat
from itemvec.core.registry import checked
from itemvec.core.top_k import TieOrder
from itemvec.retrievers.base import RETRIEVERS, Entries, Judged, Retrieve, Retriever, TakesWidths, Tuning, prepare
from itemvec.retrievers.chosen import Chosen, names_of, titles_of
from itemvec.retrievers.llm_rewrites import Writer, Written
from itemvec.retrievers.policy import Grpo, probabilities
from itemvec.retrievers.rewrites import FEATURES, FIRST, Rewriter


@RETRIEVERS.register("query-policy")
@dataclass(frozen=True)
class QueryPolicy:
    """Any retriever that reads words, behind a policy that rewrites the query (after Rec-R1, arXiv 2503.24289).

    The actions are few and can be enumerated: the query as asked, one term dropped, one doubled, words of the first
    results added, the titles of items weighed double, or a rewrite by a language model. A softmax policy on features
    of the query is trained by GRPO on the first metric, on the training queries, or on the validation queries where
    there are none. The best action is taken. Vectors of a query stay as they are. The summary has what the best action
    for each query would reach, and the gain on the test queries.

    Parameters
    ----------
    of
        Row of the retriever, without a name.
    teacher
        ``on_failure`` adds imitation of the best action where a draw failed (DGPO, arXiv 2508.20324).
    beta
        Weight of imitation.
    group
        Actions drawn for each query and step.
    clip
        How far a probability may move, relatively, on one draw; 0 learns nothing.
    steps
        Draws of a group for every query.
    learning_rate
        Of gradient ascent.
    kl
        Weight of the divergence from the uniform policy.
    seed
        Of the draws.
    weights
        A learnt policy, as ``chosen`` of the summary gives it; nothing is learnt then.
    writer
        A language model that writes ``n`` rewrites (2) of each query, each a further action. Its ``checkpoint`` and
        ``revision`` are on this machine; with ``url`` it is a chat server. ``key_variable``, ``requests_per_minute``,
        ``parallel``, ``body`` and ``dtype`` are as for kind ``llm``.
    """

    of: dict[str, Any]
    teacher: Literal["none", "on_failure"] = "none"
    beta: NaturalFloat = 0.1
    group: Annotated[int, Ge(2), Le(1024)] = 12
    clip: Annotated[float, Ge(0), Le(1)] = 0.2
    steps: Positive = 200
    learning_rate: PositiveFloat = 0.5
    kl: NaturalFloat = 0.001
    seed: Natural = 1
    weights: list[list[float]] | None = None
    writer: dict[str, Any] | None = None

    def __post_init__(self) -> None:
        n_actions = len(names_of(self.written))
        shape = None if self.weights is None else np.array(self.weights, dtype=object).shape
        if shape not in {None, (n_actions, len(FEATURES))}:
            raise ParamsError(
                f"retriever query-policy: weights is of shape {shape}, not {n_actions} actions by {len(FEATURES)} "
                "features; leave it out, or copy it from a summary"
            )
        _ = self.inner

    @cached_property
    def inner(self) -> Retriever:
        """The retriever that is asked."""
        return RETRIEVERS.build("query-policy, of", self.of)

    @cached_property
    def written(self) -> Written | None:
        """Rewrites by the writer; None without one."""
        return None if self.writer is None else Written(checked(Writer, self.writer, "retriever query-policy: writer"))

    @property
    def grpo(self) -> Grpo:
        """How the policy is trained."""
        beta = self.beta if self.teacher == "on_failure" else 0.0
        return Grpo(self.group, self.clip, self.steps, learning_rate=self.learning_rate, kl=self.kl, beta=beta)

    @property
    def needs_vectors(self) -> bool:
        """Whether the retriever needs them."""
        return self.inner.needs_vectors

    @property
    def lowest(self) -> float | None:
        """That of the retriever."""
        return self.inner.lowest

    def check_width(self, dim: int) -> None:
        """Refuse what the retriever cannot index."""
        if isinstance(self.inner, TakesWidths):
            self.inner.check_width(dim)

    def index(self, items: Entries) -> Retrieve:
        """Prepare the retriever; without ``weights`` queries stay as they are."""
        return self._chosen(prepare(self.inner, items, None)[0], items)

    def learn(self, items: Entries, tuning: Tuning | None, judged: Judged | None) -> tuple[Retrieve, dict[str, Any]]:
        """Prepare the retriever, and learn the policy where no weights are given.

        Raises
        ------
        ParamsError
            There are no queries to learn from.
        """
        retrieve, said = prepare(self.inner, items, tuning)
        chosen = self._chosen(retrieve, items)
        facts: dict[str, Any] = {"of": said} if said else {}
        if self.weights is not None:
            return chosen, facts
        if judged is None:
            raise ParamsError(
                "retriever query-policy: there are no training or validation queries with a relevant item to learn "
                "from; set search.split to {validation: 0.2}, or give the queries a column split; in a part of hybrid "
                "it learns nothing, and needs weights"
            )
        rewards = np.column_stack(
            [judged.values(top) for top in chosen.outcomes(judged.queries, judged.depth).values()]
        )
        known = ~np.isnan(rewards).any(axis=1)
        features = chosen.rewriter.features(judged.queries.words("query-policy"), retrieve(judged.queries, 2 * FIRST))
        weights = self.grpo.fit(features[known], rewards[known], np.random.default_rng(self.seed))
        taken = np.argmax(probabilities(weights, features[known]), axis=1)
        reached = {
            "as asked": rewards[known, 0].mean(),
            "policy": rewards[known, taken].mean(),
            "oracle": rewards[known].max(axis=1).mean(),
        }
        learnt: dict[str, Any] = {name: float(one) for name, one in reached.items()}
        learnt |= {name.replace("_", " "): one for name, one in chosen.remarks(judged.queries).items()}
        facts |= {"learnt from": int(known.sum())} | learnt | {"weights": weights.tolist()}
        return replace(chosen, weights=weights), facts

    def _chosen(self, retrieve: Retrieve, items: Entries) -> Chosen:
        weights = None if self.weights is None else np.array(self.weights)
        titles = None if self.needs_vectors else prepare(self.inner, titles_of(items), None)[0]
        words = Rewriter.of(items.words("query-policy"))
        return Chosen(retrieve, titles, TieOrder(items.ids), words, weights, self.written)
