"""The network of several objectives: one history, and a state for each objective."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from itemvec.core.arrays import Doubles, Floats
from itemvec.core.top_k import TieOrder
from itemvec.protocol.by_objective import by_objective
from itemvec.protocol.cases import Cases
from itemvec.protocol.histories import Histories
from itemvec.recommenders.item_embeddings import NORMAL
from itemvec.recommenders.network import Network, Predicting, Step, final_states
from itemvec.recommenders.objective import Objective
from itemvec.recommenders.shared_ranks import shared
from itemvec.recommenders.transformer import Transformer


class ObjectiveNetwork(Network):
    """A network whose last block is asked once for each objective, with a token of each but the first.

    meets
        Which interactions of the training histories meet which objective, bool (n_interactions, n_objectives).
    """

    meets: Tensor
    encoder: Transformer

    def __init__(self, plain: Network, objectives: Sequence[Objective], histories: Histories, width: int) -> None:
        super().__init__(plain.items, plain.encoder, plain.temperature, plain.hide)
        self.objectives = list(objectives)
        met = [one.met(histories.events, len(histories.items)) for one in objectives]
        self.register_buffer("meets", torch.from_numpy(np.stack(met, axis=1)), persistent=False)
        if len(met) > 1:
            self.tokens = nn.Parameter(torch.randn(len(met) - 1, width) * NORMAL)
            self.shares = nn.Linear(width, len(met))
            nn.init.zeros_(self.shares.weight)
            nn.init.zeros_(self.shares.bias)

    def each(self, histories: Tensor, table: Tensor) -> list[Tensor]:
        """The state of each objective after each item, float32 of shape (n, length, width)."""
        seen = self.encoder.before_last(self.inputs(histories, table))
        tokens = [None, *self.tokens] if len(self.objectives) > 1 else [None]
        return [self.encoder.last(seen, token).float() for token in tokens]

    def predicting(self, histories: Tensor, table: Tensor, step: Step) -> Predicting:
        """The states of each objective where a target meets it, and the loss of the weights.

        The weights are a distribution over objectives, trained by cross-entropy on which of them a target meets: half
        each where it meets two. Their gradient stops at the states.
        """
        states, meets = [one[step.asked] for one in self.each(histories, table)], self.meets[step.places]
        rows = [meets[:, place].nonzero()[:, 0] for place in range(len(states))]
        chosen = torch.cat([self.scaled(one[of]) for one, of in zip(states, rows, strict=True)])
        if len(states) == 1:
            return Predicting(chosen, rows[0])
        wanted = meets[meets.any(dim=1)].float()
        logits = self.shares(states[0].detach()[meets.any(dim=1)]).float().log_softmax(dim=1)
        loss = -(wanted / wanted.sum(dim=1, keepdim=True) * logits).sum() / max(len(wanted), 1)
        return Predicting(chosen, torch.cat(rows), loss)

    def scorer(self, max_history: int) -> ObjectiveScore:
        """The score function of the merged ranking."""
        return ObjectiveScore(self, max_history)


class ObjectiveScore:
    """Scores of all items for histories, from the rankings of all objectives."""

    def __init__(self, network: ObjectiveNetwork, max_history: int) -> None:
        network.eval()
        self.network, self.max_history = network, max_history
        self.table = network.items.table()
        with torch.inference_mode():
            self.items = network.targets(self.table)

    def __call__(self, asked: Histories) -> Floats:
        """Merged by rank; of one objective alone its own scores."""
        scores = np.stack([self.of(place, asked) for place in range(len(self.network.objectives))])
        if len(scores) == 1:
            return np.ascontiguousarray(scores[0])
        known = np.zeros(scores.shape[1:], dtype=bool)
        known[asked.rows, asked.items] = True
        return shared(scores, self.weights(asked), known)

    def of(self, place: int, asked: Histories) -> Floats:
        """The scores of one objective, float32 of shape (n_users, n_items)."""
        with torch.inference_mode():
            scores: Floats = (self.network.scaled(self._states(place, asked)) @ self.items.T).cpu().numpy()
        return scores

    def weights(self, asked: Histories) -> Doubles:
        """The share of each objective in the ranks of each user, float64 of shape (n_users, n_objectives)."""
        if len(self.network.objectives) == 1:
            return np.ones((len(asked), 1))
        with torch.inference_mode():
            found: Doubles = self.network.shares(self._states(0, asked)).double().softmax(dim=1).cpu().numpy()
        return found

    def measure(self, cases: Cases, mask: bool, order: TieOrder) -> dict[str, Any]:
        """Quality for the targets that meet each objective: of the merged ranking, and of the objective's own."""
        network = self.network
        met = {one.name: one.met(cases.events, len(cases.judgments)) for one in network.objectives}
        own = {
            one.name: lambda asked, place=place: self.of(place, asked) for place, one in enumerate(network.objectives)
        }
        found = by_objective(self, own, met, cases, mask, order)
        weights = self.weights(cases.histories).mean(axis=0)
        for name, weight in zip(met, weights, strict=True):
            found[name]["weight"] = float(weight)
        return {"objectives": found}

    def _states(self, place: int, asked: Histories) -> Tensor:
        def read(histories: Tensor, table: Tensor) -> Tensor:
            return self.network.each(histories, table)[place]

        return final_states(read, asked, self.max_history, self.table)
